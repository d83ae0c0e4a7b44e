-- What changes says when. Whatever users know as a thing has created_at and updated_at, and a trigger keeps the second one where a
-- statement does not set it itself.
begin;

select format($format$
    create or replace function %1$I.touch() returns trigger language plpgsql as $function$
    begin
        -- Never back: the clock of whoever wrote last may be ahead of this one.
        new.updated_at := greatest(old.updated_at, now());
        return new;
    end
    $function$;

    -- Gives a table that trigger, or the one that it should have after a column was added. `still` names the columns that may change
    -- without the thing being another: counters, and when it was last used. A statement that sets no other calls no function.
    create procedure %1$I.touch_on(entity text, variadic still text[] default '{}') language plpgsql
        set search_path = %1$I, pg_temp
    as $procedure$
    declare
        moving text := (
            select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
            where attrelid = entity::regclass and attnum > 0 and not attisdropped and attname <> all(still));
    begin
        execute format(
            'create or replace trigger touch before update %%s on %%I for each row
                when (new.updated_at is not distinct from old.updated_at and new.* is distinct from old.*) execute function touch()',
            case when cardinality(still) > 0 then 'of ' || moving end, entity);
    end
    $procedure$
$format$, :'schema')
\gexec

-- A few pages each, and next to nothing to keep: when somebody was erased, when something was sealed.
create index erased_people_times on :"schema".erased_people using brin (created_at);
create index audit_seals_times on :"schema".audit_seals using brin (created_at);

commit;
