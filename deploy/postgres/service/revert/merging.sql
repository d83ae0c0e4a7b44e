begin;

select format($format$
    -- The trigger of tables that events write to: an event that is late, or is heard again, brings nobody back. Its arguments name the
    -- columns that hold people. A row about somebody who was erased is left out; behind a "?", it only loses the name.
    create or replace function %1$I.skip_erased() returns trigger language plpgsql as $function$
    declare
        fields jsonb := to_jsonb(new);
        name text;
    begin
        -- Held until the transaction ends: one that erases somebody here waits for it, or is waited for. One lock for all, as a statement
        -- may bring a hundred people.
        perform pg_advisory_xact_lock_shared(hashtextextended('%1$I.erasing/' || new.organization_id, 0));
        foreach name in array tg_argv loop
            if exists (
                select from %1$I.erased_people e
                where e.organization_id = new.organization_id and e.person_id = (fields ->> rtrim(name, '?'))::uuid)
            then
                if name not like '%%?' then
                    return null;
                end if;
                new := jsonb_populate_record(new, jsonb_build_object(rtrim(name, '?'), null));
            end if;
        end loop;
        return new;
    end
    $function$;
$format$, :'schema')
\gexec

drop table :"schema".merged_people;

commit;
