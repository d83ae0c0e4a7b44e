select organization_id, person_id, account_id, roles, full_name, email, email_index, phone, is_active, last_login_at, version, created_at, updated_at, deleted_at
from auth.people where false;
select organization_id, person_id, wrapped, created_at from auth.person_keys where false;
select organization_id, gram, person_id from auth.person_name_grams where false;
select organization_id, person_id, joined_at from auth.member_profiles where false;
select organization_id, person_id, specializations from auth.trainer_profiles where false;
-- Fails, by dividing by zero, unless each is under forced row-level security.
select 1 / (count(*) = 5)::int from pg_class
where relnamespace = 'auth'::regnamespace and relrowsecurity and relforcerowsecurity
    and relname in ('people', 'person_keys', 'person_name_grams', 'member_profiles', 'trainer_profiles');
