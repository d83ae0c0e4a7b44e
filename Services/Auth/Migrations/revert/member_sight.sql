begin;
drop policy sight on auth.member_profiles;
drop policy sight on auth.people;
drop function auth.members_seen_by(uuid, uuid);
drop function auth.members_treated_by(uuid, uuid);
drop table auth.member_grants;
alter table auth.trainer_profiles drop parent_id;
commit;
