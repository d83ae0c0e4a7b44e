select beside_another from scheduling.sessions where false;
select 1 / (pg_get_constraintdef(oid) ~ 'beside_another')::int from pg_constraint
where conrelid = 'scheduling.sessions'::regclass and conname = 'sessions_one_per_trainer';
