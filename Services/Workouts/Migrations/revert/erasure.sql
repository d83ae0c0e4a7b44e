begin;
drop trigger skip_erased on workouts.workouts;
drop trigger skip_erased on workouts.member_access;
drop trigger skip_erased on workouts.people;
commit;
