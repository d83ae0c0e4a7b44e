begin;

select organization_id, kind, currency, version from scheduling.organizations where false;
select organization_id, location_id, time_zone, is_active, version from scheduling.locations where false;
select organization_id, person_id, roles, is_active, version from scheduling.people where false;

-- Division by zero unless every table is under forced row-level security.
select 1 / (count(*) = 3)::int from pg_class
where oid in ('scheduling.organizations'::regclass, 'scheduling.locations'::regclass, 'scheduling.people'::regclass)
    and relrowsecurity and relforcerowsecurity;

rollback;
