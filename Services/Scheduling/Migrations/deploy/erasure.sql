-- Erasing a person: their rows go, and no event brings them back.
begin;

-- Read copies are never deleted but for that. What stays of the timetable names a made-up person.
grant delete on scheduling.people, scheduling.trainer_engagements to scheduling;
create policy erasing on scheduling.people as restrictive for delete to scheduling using (person_id = (select app.erasing()));
create policy erasing on scheduling.trainer_engagements as restrictive for delete to scheduling
    using (trainer_id = (select app.erasing()));

create trigger skip_erased before insert on scheduling.people
    for each row execute function scheduling.skip_erased('person_id');
create trigger skip_erased before insert on scheduling.trainer_engagements
    for each row execute function scheduling.skip_erased('trainer_id');

commit;
