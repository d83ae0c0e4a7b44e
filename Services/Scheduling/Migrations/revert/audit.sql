begin;

drop trigger audit on scheduling.bookings;
drop trigger audit on scheduling.sessions;
drop trigger audit on scheduling.class_types;

commit;
