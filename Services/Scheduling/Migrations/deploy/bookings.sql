-- Places and waitlists. Whoever changes a booking's place holds the session's row first: then the counters and these rows agree.

begin;

create table scheduling.bookings (
    organization_id uuid not null,
    id uuid not null,
    session_id uuid not null,
    member_id uuid not null,
    -- The order of arrival within the session, from 1: the waitlist moves by it. Not a sequence of the platform, which would tell
    -- every organization how much the others book.
    arrival integer not null,
    status text not null
        constraint bookings_status check (status in ('confirmed', 'waitlisted', 'cancelled', 'late_cancelled', 'no_show')),
    payment_status text not null default 'pending'
        constraint bookings_payment_status check (payment_status in ('pending', 'paid', 'refunded')),
    booked_at timestamptz not null,
    cancelled_at timestamptz,
    updated_at timestamptz not null,
    version bigint not null default 1,
    constraint bookings_pkey primary key (organization_id, id),
    constraint bookings_arrival unique (organization_id, session_id, arrival),
    constraint bookings_cancelled_at check ((status in ('cancelled', 'late_cancelled')) = (cancelled_at is not null)),
    constraint bookings_session foreign key (organization_id, session_id) references scheduling.sessions (organization_id, id),
    constraint bookings_member foreign key (organization_id, member_id) references scheduling.people (organization_id, person_id)
);

-- A member holds or awaits one place in a session; who cancelled may book again.
create unique index bookings_one_live_per_member on scheduling.bookings (organization_id, session_id, member_id)
    where status in ('confirmed', 'waitlisted');
create index bookings_of_member on scheduling.bookings (organization_id, member_id, id);

alter table scheduling.bookings enable row level security, force row level security;

create policy tenant on scheduling.bookings to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on scheduling.bookings from scheduling;

commit;
