-- Merging two people who are one: no event brings the duplicate's copy back.
begin;

drop trigger skip_erased on notifications.people;
create trigger skip_erased before insert on notifications.people
    for each row execute function notifications.skip_erased('person_id!');

commit;
