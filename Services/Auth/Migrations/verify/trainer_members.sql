select organization_id, assignment_id, trainer_id, member_id, is_primary, started_at, ended_at, version from auth.trainer_members where false;
