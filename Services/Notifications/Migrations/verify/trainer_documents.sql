-- Fails, by dividing by zero, unless the kind is listed.
select 1 / (count(*) = 1)::int from pg_constraint
where conname = 'notifications_kind' and connamespace = 'notifications'::regnamespace and pg_get_constraintdef(oid) ~ 'trainer_document.expiring';
