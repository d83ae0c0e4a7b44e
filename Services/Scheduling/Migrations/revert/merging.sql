-- Fails while two sessions of one trainer lie beside each other.
begin;

drop trigger audit on scheduling.sessions;
create trigger audit after insert or delete or update of
    class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, price_amount, currency, cancel_reason
    on scheduling.sessions
    for each row execute function scheduling.audit('id', 'booked', 'waitlisted', 'arrivals', 'version');

alter table scheduling.sessions drop constraint sessions_one_per_trainer;
-- It names the column.
drop trigger touch on scheduling.sessions;
alter table scheduling.sessions drop beside_another;
call scheduling.touch_on('sessions', 'booked', 'waitlisted', 'arrivals', 'version');
alter table scheduling.sessions
    add constraint sessions_one_per_trainer exclude using gist (
        organization_id with =, trainer_id with =, tstzrange(starts_at, ends_at, '[)') with &&
    ) where (status <> 'cancelled');

drop trigger skip_erased on scheduling.trainer_engagements;
create trigger skip_erased before insert on scheduling.trainer_engagements
    for each row execute function scheduling.skip_erased('trainer_id');
drop trigger skip_erased on scheduling.people;
create trigger skip_erased before insert on scheduling.people
    for each row execute function scheduling.skip_erased('person_id');

alter policy erasing on scheduling.trainer_engagements using (trainer_id = (select app.erasing()));
alter policy erasing on scheduling.people using (person_id = (select app.erasing()));

commit;
