select organization_id, note_id, workout_id, session_id, trainer_id, member_id, session_date, subjective, objective, assessment, plan,
    exercises, measurements, private_notes, version, created_at, updated_at
from workouts.session_notes where false;
select organization_id, person_id, wrapped, created_at from workouts.person_keys where false;
-- Fails, by dividing by zero, unless notes are hidden from other trainers.
select 1 / (count(*) = 1)::int from pg_policy
where polname = 'sight' and not polpermissive and polrelid = 'workouts.session_notes'::regclass;
select 1 / (has_function_privilege('workouts', 'workouts.organizations_with_old_keys(bytea)', 'execute')
    and has_function_privilege('workouts', 'workouts.members_treated_by(uuid, uuid)', 'execute'))::int;
