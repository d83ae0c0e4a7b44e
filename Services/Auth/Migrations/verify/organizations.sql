select organization_id, name, slug, kind, time_zone, currency, version, created_at, updated_at from auth.organizations where false;
select slug, organization_id from auth.organization_slugs where false;
select organization_id, code, rate_millionths, place from auth.tax_rates where false;
-- Fails, by dividing by zero, unless each is under forced row-level security.
select 1 / (count(*) = 2)::int from pg_class
where oid in ('auth.organizations'::regclass, 'auth.tax_rates'::regclass) and relrowsecurity and relforcerowsecurity;
