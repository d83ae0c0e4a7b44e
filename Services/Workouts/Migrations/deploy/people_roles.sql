begin;

alter table workouts.people add constraint people_roles check (roles <@ array['owner', 'admin', 'trainer', 'member']);

commit;
