begin;

select organization_id, id, session_id, member_id, arrival, status, payment_status, booked_at, cancelled_at, updated_at, version
from scheduling.bookings where false;

-- Division by zero unless the table is under forced row-level security.
select 1 / (count(*) = 1)::int from pg_class
where oid = 'scheduling.bookings'::regclass and relrowsecurity and relforcerowsecurity;

-- ... and unless the rule of one live booking stands.
select 1 / (indisunique)::int from pg_index where indexrelid = 'scheduling.bookings_one_live_per_member'::regclass;

rollback;
