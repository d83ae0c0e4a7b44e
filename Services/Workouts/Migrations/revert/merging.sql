begin;

drop trigger skip_erased on workouts.people;
create trigger skip_erased before insert on workouts.people
    for each row execute function workouts.skip_erased('person_id', 'parent_trainer_id?');

commit;
