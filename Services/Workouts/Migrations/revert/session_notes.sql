begin;

drop table workouts.session_notes;
drop function workouts.members_treated_by(uuid, uuid);
drop function workouts.organizations_with_old_keys(bytea);
drop table workouts.person_keys;

commit;
