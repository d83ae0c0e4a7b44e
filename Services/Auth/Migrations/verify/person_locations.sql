select location_ids from auth.people where false;
select auth.sees_profile(null, null) where false;
-- Fails, by dividing by zero, unless both policies ask for the locations.
select 1 / (count(*) = 2)::int from pg_policy
where polname = 'sight' and polrelid in ('auth.people'::regclass, 'auth.member_profiles'::regclass)
    and pg_get_expr(polqual, polrelid) like '%location_ids()%';
