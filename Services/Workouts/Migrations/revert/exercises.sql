-- Revert workouts:exercises from pg

BEGIN;

DROP TABLE workouts.exercises;

COMMIT;
