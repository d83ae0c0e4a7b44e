-- Changes of these tables are logged in their transaction; the arguments are the id's column and the columns that are left out.
begin;

-- What is searched is the name and the synonyms once more.
create trigger audit after insert or update or delete on workouts.exercises
    for each row execute function workouts.audit('exercise_id', 'search_text');
create trigger audit after insert or update or delete on workouts.workouts
    for each row execute function workouts.audit('workout_id');
create trigger audit after insert or update or delete on workouts.sets
    for each row execute function workouts.audit('set_id');

commit;
