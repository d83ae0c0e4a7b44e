-- Verify workouts:workouts on pg

BEGIN;

SELECT organization_id, person_id, roles, is_active, version FROM workouts.people WHERE false;
SELECT organization_id, workout_id, member_id, trainer_id, session_id, status, started_at, completed_at, version
    FROM workouts.workouts WHERE false;
SELECT organization_id, set_id, workout_id, exercise_id, set_number, reps, weight_grams, rpe, logged_at FROM workouts.sets WHERE false;
SELECT organization_id, workout_id, exercise_id, kind, member_id, value, achieved_at FROM workouts.personal_records WHERE false;
SELECT 1 / (count(*) >= 5)::int FROM pg_class
    WHERE relnamespace = 'workouts'::regnamespace AND relrowsecurity AND relforcerowsecurity;

ROLLBACK;
