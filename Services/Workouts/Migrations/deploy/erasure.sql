-- Erasing a person: no event brings their rows back. A member's workout stays when their trainer is erased.
begin;

create trigger skip_erased before insert on workouts.people
    for each row execute function workouts.skip_erased('person_id', 'parent_trainer_id?');
create trigger skip_erased before insert on workouts.member_access
    for each row execute function workouts.skip_erased('trainer_id', 'member_id');
create trigger skip_erased before insert on workouts.workouts
    for each row execute function workouts.skip_erased('member_id', 'trainer_id?');

commit;
