begin;

drop index scheduling.class_types_times, scheduling.sessions_times, scheduling.bookings_times, scheduling.trainer_engagements_times;
drop trigger touch on scheduling.bookings;
drop trigger touch on scheduling.sessions;
drop trigger touch on scheduling.class_types;

drop trigger audit on scheduling.bookings;
alter table scheduling.bookings alter updated_at drop default, drop created_at;
create trigger audit after insert or update or delete on scheduling.bookings
    for each row execute function scheduling.audit('id');
alter table scheduling.sessions alter created_at drop default, alter updated_at drop default;
alter table scheduling.class_types alter created_at drop default, alter updated_at drop default;

commit;
