select created_at, updated_at from workouts.sets where false;
select created_at, updated_at from workouts.personal_records where false;
-- Fails, by dividing by zero, unless the tables have their triggers and indexes.
select 1 / (count(*) = 4)::int from pg_trigger where tgname = 'touch' and tgrelid in (
    'workouts.exercises'::regclass, 'workouts.workouts'::regclass, 'workouts.sets'::regclass, 'workouts.personal_records'::regclass);
select 1 / (count(*) = 4)::int from pg_class where relnamespace = 'workouts'::regnamespace and relname in (
    'exercises_times', 'workouts_times', 'sets_times', 'personal_records_times');
