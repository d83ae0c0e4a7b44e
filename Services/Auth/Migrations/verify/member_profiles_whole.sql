select training_phase, motivation, date_of_birth, emergency_contact, source, home_location_id, preferences, metadata, version, updated_at
from auth.member_profiles where false;
select organization_id, person_id, special_situation, medical_info, goals, version, created_at, updated_at from auth.member_health where false;
-- Fails, by dividing by zero, unless it is hidden from whom it does not concern.
select 1 / (count(*) = 1)::int from pg_policy where polname = 'sight' and not polpermissive and polrelid = 'auth.member_health'::regclass;
