-- Fails, by dividing by zero, unless the function sets the moment: one that was left by a revert does nothing.
select 1 / (count(*) = 1)::int from pg_proc
where pronamespace = :'schema'::regnamespace and proname = 'touch' and prosrc like '%new.updated_at := greatest%';
select 1 / (to_regprocedure(:'schema' || '.touch_on(text, text[])') is not null)::int;
select 1 / (to_regclass(:'schema' || '.erased_people_times') is not null and to_regclass(:'schema' || '.audit_seals_times') is not null)::int;
