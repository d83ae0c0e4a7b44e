select created_at, updated_at from scheduling.bookings where false;
-- Fails, by dividing by zero, unless the tables have their triggers and indexes.
select 1 / (count(*) = 3)::int from pg_trigger where tgname = 'touch' and tgrelid in (
    'scheduling.class_types'::regclass, 'scheduling.sessions'::regclass, 'scheduling.bookings'::regclass);
select 1 / (count(*) = 4)::int from pg_class where relnamespace = 'scheduling'::regnamespace and relname in (
    'class_types_times', 'sessions_times', 'bookings_times', 'trainer_engagements_times');
