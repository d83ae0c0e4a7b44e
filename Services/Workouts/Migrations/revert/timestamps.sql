begin;

drop index workouts.exercises_times, workouts.workouts_times, workouts.sets_times, workouts.personal_records_times;
drop trigger touch on workouts.personal_records;
drop trigger touch on workouts.sets;
drop trigger touch on workouts.workouts;
drop trigger touch on workouts.exercises;

drop trigger audit on workouts.sets;
alter table workouts.sets drop created_at, drop updated_at;
create trigger audit after insert or update or delete on workouts.sets
    for each row execute function workouts.audit('set_id');
alter table workouts.personal_records drop created_at, drop updated_at;

commit;
