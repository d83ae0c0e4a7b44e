-- Merging two people who are one: the copies of the duplicate go, and no event brings them back; both may have held sessions at one time.
begin;

alter policy erasing on scheduling.people
    using (person_id = (select app.erasing()) or person_id = (select app.merging()));
alter policy erasing on scheduling.trainer_engagements
    using (trainer_id = (select app.erasing()) or trainer_id = (select app.merging()));

drop trigger skip_erased on scheduling.people;
create trigger skip_erased before insert on scheduling.people
    for each row execute function scheduling.skip_erased('person_id!');
drop trigger skip_erased on scheduling.trainer_engagements;
create trigger skip_erased before insert on scheduling.trainer_engagements
    for each row execute function scheduling.skip_erased('trainer_id!');

alter table scheduling.sessions
    -- It came to its trainer by a merge, and lies beside another session of theirs: those who booked it keep their places, and somebody has
    -- to decide.
    add beside_another boolean not null default false;
alter table scheduling.sessions drop constraint sessions_one_per_trainer;
-- As before, but for those.
alter table scheduling.sessions
    add constraint sessions_one_per_trainer exclude using gist (
        organization_id with =, trainer_id with =, tstzrange(starts_at, ends_at, '[)') with &&
    ) where (status <> 'cancelled' and not beside_another);

call scheduling.touch_on('sessions', 'booked', 'waitlisted', 'arrivals', 'version');

drop trigger audit on scheduling.sessions;
create trigger audit after insert or delete or update of
    class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, price_amount, currency, cancel_reason, beside_another
    on scheduling.sessions
    for each row execute function scheduling.audit('id', 'booked', 'waitlisted', 'arrivals', 'version');

commit;
