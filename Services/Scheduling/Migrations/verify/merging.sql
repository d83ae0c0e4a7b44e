select overlaps from scheduling.sessions where false;
select 1 / (pg_get_constraintdef(oid) ~ 'overlaps')::int from pg_constraint
where conrelid = 'scheduling.sessions'::regclass and conname = 'sessions_one_per_trainer';
