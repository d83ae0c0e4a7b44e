begin;

drop trigger audit on workouts.sets;
drop trigger audit on workouts.workouts;
drop trigger audit on workouts.exercises;

commit;
