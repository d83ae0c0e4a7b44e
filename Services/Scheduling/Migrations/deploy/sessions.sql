-- The timetable. The counters are kept by the statements that book and cancel, in the same transaction as the booking's row, so that
-- "is there a place?" is one guarded update of one row and never a count.

begin;

create table scheduling.sessions (
    organization_id uuid not null,
    id uuid not null,
    class_type_id uuid not null,
    trainer_id uuid not null,
    location_id uuid not null,
    status text not null default 'scheduled' constraint sessions_status check (status in ('scheduled', 'completed', 'cancelled')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    capacity integer not null constraint sessions_capacity check (capacity between 1 and 1000),
    -- How many bookings are confirmed, and how many wait.
    booked integer not null default 0,
    waitlisted integer not null default 0 constraint sessions_waitlisted check (waitlisted >= 0),
    -- How many bookings were ever made: the next one's place in the order of arrival.
    arrivals integer not null default 0,
    price_amount bigint not null constraint sessions_price check (price_amount between 0 and 10000000000000),
    currency text not null constraint sessions_currency check (currency ~ '^[A-Z]{3}$'),
    cancel_reason text constraint sessions_cancel_reason check (char_length(cancel_reason) <= 10000),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null default 1,
    constraint sessions_pkey primary key (organization_id, id),
    constraint sessions_end_after_start check (ends_at > starts_at),
    constraint sessions_booked_fits check (booked between 0 and capacity),
    constraint sessions_no_waiting_when_over check (status = 'scheduled' or waitlisted = 0),
    constraint sessions_nobody_in_cancelled check (status <> 'cancelled' or booked = 0),
    constraint sessions_class_type foreign key (organization_id, class_type_id) references scheduling.class_types (organization_id, id),
    constraint sessions_trainer foreign key (organization_id, trainer_id) references scheduling.people (organization_id, person_id),
    constraint sessions_location foreign key (organization_id, location_id)
        references scheduling.locations (organization_id, location_id),
    -- Nobody teaches in two places at once. Half-open: one session may begin when the one before it ends. Completed sessions count too,
    -- as their time was spent.
    constraint sessions_one_per_trainer exclude using gist (
        organization_id with =, trainer_id with =, tstzrange(starts_at, ends_at, '[)') with &&
    ) where (status <> 'cancelled')
);

create index sessions_timetable on scheduling.sessions (organization_id, starts_at, id);
create index sessions_of_trainer on scheduling.sessions (organization_id, trainer_id, starts_at, id);
create index sessions_of_location on scheduling.sessions (organization_id, location_id, starts_at, id);
create index sessions_of_class_type on scheduling.sessions (organization_id, class_type_id);

alter table scheduling.sessions enable row level security, force row level security;

create policy tenant on scheduling.sessions to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on scheduling.sessions from scheduling;

commit;
