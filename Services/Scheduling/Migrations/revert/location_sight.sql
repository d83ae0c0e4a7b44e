begin;

drop policy sight on scheduling.bookings;
drop function scheduling.location_of(uuid, uuid);
drop policy sight on scheduling.sessions;

commit;
