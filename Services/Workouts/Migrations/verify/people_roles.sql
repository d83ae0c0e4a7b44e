-- Fails, by dividing by zero, unless it holds for every row.
select 1 / convalidated::int from pg_constraint where conname = 'people_roles' and connamespace = 'workouts'::regnamespace;
