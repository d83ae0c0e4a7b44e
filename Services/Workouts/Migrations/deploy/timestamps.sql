-- When everything was made and changed, by the database's clock where nobody says otherwise, and an index on every date.
begin;

alter table workouts.sets
    add created_at timestamptz not null default now(),
    add updated_at timestamptz not null default now();
alter table workouts.personal_records
    add created_at timestamptz not null default now(),
    add updated_at timestamptz not null default now();

-- The log says when a set was made by logged_at; the same once more is left out.
drop trigger audit on workouts.sets;
-- What is there says when it came. The policies do not apply to the owner of the tables for that long.
alter table workouts.sets no force row level security;
alter table workouts.personal_records no force row level security;
update workouts.sets set created_at = logged_at, updated_at = logged_at;
update workouts.personal_records set created_at = achieved_at, updated_at = achieved_at;
alter table workouts.sets force row level security;
alter table workouts.personal_records force row level security;
create trigger audit after insert or update or delete on workouts.sets
    for each row execute function workouts.audit('set_id', 'created_at');

call workouts.touch_on('exercises');
-- A set that is logged is a version of its workout, and changes nothing else about it: the statement calls no function here, and its new
-- version of the row stays on its page and in no index.
call workouts.touch_on('workouts', 'version');
call workouts.touch_on('sets');
call workouts.touch_on('personal_records');

-- Block ranges: reports and operators ask by time, no statement of the service does, and an insert pays next to nothing.
create index exercises_times on workouts.exercises using brin (created_at, updated_at);
create index workouts_times on workouts.workouts using brin (created_at, updated_at, completed_at);
create index sets_times on workouts.sets using brin (created_at, updated_at, logged_at);
create index personal_records_times on workouts.personal_records using brin (created_at, updated_at, achieved_at);

commit;
