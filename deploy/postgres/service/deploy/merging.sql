-- Merging two people who are one: who is somebody else from now on, so that what is heard late about them lands where it belongs.
begin;

create table :"schema".merged_people (
    organization_id uuid not null,
    -- The duplicate.
    person_id uuid not null,
    -- Who they are now: nobody who is a duplicate themselves, so that one look is enough.
    kept_id uuid not null,
    created_at timestamptz not null default now(),
    constraint merged_people_pkey primary key (organization_id, person_id),
    constraint merged_people_kept_check check (kept_id <> person_id)
);
create index merged_people_times on :"schema".merged_people using brin (created_at);
create index merged_people_kept on :"schema".merged_people (organization_id, kept_id);
alter table :"schema".merged_people enable row level security;
alter table :"schema".merged_people force row level security;
create policy tenant on :"schema".merged_people to :"role"
    using (organization_id = (select app.organization_id())) with check (organization_id = (select app.organization_id()));
create policy keeper on :"schema".merged_people for select to current_user using (true);

select format($format$
    -- The trigger of tables that events write to: what is heard late about a duplicate is about the person they were merged into, and an event
    -- that is late, or is heard again, brings nobody back who was erased. Its arguments name the columns that hold people. A row about somebody
    -- who was erased is left out; behind a "?", it only loses the name. Behind a "!" the row is a copy of the person, and one about a duplicate
    -- is left out as well.
    create or replace function %1$I.skip_erased() returns trigger language plpgsql as $function$
    declare
        fields jsonb := to_jsonb(new);
        name text;
        field text;
        person uuid;
        kept uuid;
    begin
        -- Held until the transaction ends: one that erases or merges somebody here waits for it, or is waited for. One lock for all, as a
        -- statement may bring a hundred people.
        perform pg_advisory_xact_lock_shared(hashtextextended('%1$I.erasing/' || new.organization_id, 0));
        foreach name in array tg_argv loop
            field := rtrim(name, '?!');
            person := fields ->> field;
            select m.kept_id into kept from %1$I.merged_people m where m.organization_id = new.organization_id and m.person_id = person;
            if kept is not null then
                if name like '%%!' then
                    return null;
                end if;
                new := jsonb_populate_record(new, jsonb_build_object(field, kept));
                person := kept;
            end if;
            if exists (select from %1$I.erased_people e where e.organization_id = new.organization_id and e.person_id = person) then
                if name not like '%%?' then
                    return null;
                end if;
                new := jsonb_populate_record(new, jsonb_build_object(field, null));
            end if;
        end loop;
        return new;
    end
    $function$;
$format$, :'schema')
\gexec

commit;
