-- Revert workouts:workouts from pg

BEGIN;

DROP TABLE workouts.personal_records, workouts.sets, workouts.workouts, workouts.people;

COMMIT;
