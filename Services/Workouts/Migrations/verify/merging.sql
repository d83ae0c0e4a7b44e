select 1 / (position('person_id!' in encode(tgargs, 'escape')) > 0)::int from pg_trigger
where tgname = 'skip_erased' and tgrelid = 'workouts.people'::regclass;
