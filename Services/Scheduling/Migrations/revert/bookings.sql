begin;

drop table scheduling.bookings;

commit;
