select organization_id, location_id, name, time_zone, address, is_active, version, created_at, updated_at from auth.locations where false;
select 1 / (relrowsecurity and relforcerowsecurity)::int from pg_class where oid = 'auth.locations'::regclass;
