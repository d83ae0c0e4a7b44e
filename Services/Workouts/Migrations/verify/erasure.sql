-- Fails, by dividing by zero, unless the tables have their triggers.
select 1 / (count(*) = 3)::int from pg_trigger where tgname = 'skip_erased' and tgrelid in (
    'workouts.people'::regclass, 'workouts.member_access'::regclass, 'workouts.workouts'::regclass);
