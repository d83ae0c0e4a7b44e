alter table workouts.people drop constraint people_roles;
