-- Verify workouts:member_sight on pg

BEGIN;

SELECT parent_trainer_id FROM workouts.people WHERE false;
SELECT organization_id, access_id, trainer_id, member_id, is_assigned, is_active, version FROM workouts.member_access WHERE false;
SELECT workouts.members_seen_by(NULL, NULL) WHERE false;
SELECT 1 / (count(*) = 1)::int FROM pg_policy
    WHERE polname = 'sight' AND NOT polpermissive AND polrelid = 'workouts.workouts'::regclass;

ROLLBACK;
