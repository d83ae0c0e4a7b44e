-- Verify workouts:exercises on pg

BEGIN;

SELECT organization_id, exercise_id, source_key, name, synonyms, level, type, equipment, primary_muscles, secondary_muscles,
       instructions, images, search_text, version
    FROM workouts.exercises WHERE false;
SELECT 1 / (relrowsecurity AND relforcerowsecurity)::int FROM pg_class WHERE oid = 'workouts.exercises'::regclass;

ROLLBACK;
