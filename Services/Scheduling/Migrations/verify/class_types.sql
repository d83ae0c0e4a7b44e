begin;

select organization_id, id, name, category, duration_minutes, capacity, price_amount, currency, color, created_at, updated_at, version
from scheduling.class_types where false;

-- Division by zero unless the table is under forced row-level security.
select 1 / (count(*) = 1)::int from pg_class
where oid = 'scheduling.class_types'::regclass and relrowsecurity and relforcerowsecurity;

rollback;
