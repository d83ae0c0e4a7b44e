-- When everything was made and changed, by the database's clock where nobody says otherwise, and an index on every date.
begin;

alter table scheduling.class_types alter created_at set default now(), alter updated_at set default now();
alter table scheduling.sessions alter created_at set default now(), alter updated_at set default now();
alter table scheduling.bookings alter updated_at set default now(), add created_at timestamptz not null default now();

-- The log says when a booking was made by booked_at; the same once more is left out.
drop trigger audit on scheduling.bookings;
-- Whoever booked did so at that moment. The policies do not apply to the owner of the table for that long.
alter table scheduling.bookings no force row level security;
update scheduling.bookings set created_at = booked_at;
alter table scheduling.bookings force row level security;
create trigger audit after insert or update or delete on scheduling.bookings
    for each row execute function scheduling.audit('id', 'created_at');

call scheduling.touch_on('class_types');
-- A booking counts in its session and changes nothing about it: the statement that books and the one that cancels call no function here,
-- and set none of the columns below, so that their new version of the row stays on its page and in no index.
call scheduling.touch_on('sessions', 'booked', 'waitlisted', 'arrivals', 'version');
call scheduling.touch_on('bookings');

-- Block ranges: reports and operators ask by time, no statement of the service does, and an insert pays next to nothing.
create index class_types_times on scheduling.class_types using brin (created_at, updated_at);
create index sessions_times on scheduling.sessions using brin (created_at, updated_at, ends_at);
create index bookings_times on scheduling.bookings using brin (created_at, updated_at, booked_at, cancelled_at);
create index trainer_engagements_times on scheduling.trainer_engagements using brin (starts_on, ends_on);

commit;
