-- Revert workouts:member_sight from pg

BEGIN;

DROP POLICY sight ON workouts.workouts;
DROP FUNCTION workouts.members_seen_by(uuid, uuid);
DROP TABLE workouts.member_access;
ALTER TABLE workouts.people DROP COLUMN parent_trainer_id;

COMMIT;
