-- Fails, by dividing by zero, unless the policy is the new one.
select 1 / count(*) from pg_policies
where schemaname = 'auth' and tablename = 'people' and policyname = 'own_account' and lower(qual) like '%coalesce%';
