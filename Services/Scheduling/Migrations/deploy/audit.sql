-- Changes of these tables are logged in their transaction; the arguments are the id's column and the columns that are left out.
begin;

create trigger audit after insert or update or delete on scheduling.class_types
    for each row execute function scheduling.audit('id');
-- The counters follow from the bookings, which are logged: a booking alone is no change of its session, and costs no row for it.
create trigger audit after insert or delete or update of
    class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, price_amount, currency, cancel_reason
    on scheduling.sessions
    for each row execute function scheduling.audit('id', 'booked', 'waitlisted', 'arrivals', 'version');
create trigger audit after insert or update or delete on scheduling.bookings
    for each row execute function scheduling.audit('id');

commit;
