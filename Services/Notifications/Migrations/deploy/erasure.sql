-- Erasing a person: no event brings their rows back.
begin;

create trigger skip_erased before insert on notifications.people
    for each row execute function notifications.skip_erased('person_id');
create trigger skip_erased before insert on notifications.notifications
    for each row execute function notifications.skip_erased('person_id');
create trigger skip_erased before insert on notifications.mails
    for each row execute function notifications.skip_erased('person_id');

commit;
