begin;

select organization_id, id, class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, booked, waitlisted, arrivals,
    price_amount, currency, cancel_reason, created_at, updated_at, version
from scheduling.sessions where false;

-- Division by zero unless the table is under forced row-level security.
select 1 / (count(*) = 1)::int from pg_class
where oid = 'scheduling.sessions'::regclass and relrowsecurity and relforcerowsecurity;

-- ... and unless the rule against double booking stands.
select 1 / count(*) from pg_constraint where conrelid = 'scheduling.sessions'::regclass and conname = 'sessions_one_per_trainer';

rollback;
