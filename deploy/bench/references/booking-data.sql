-- What the bookings of booking-pipeline.sql and booking-plain.sql need, and nothing left of earlier ones: 500 sessions of an
-- organization, with room for everybody, and 8000 members. A superuser runs it: -v organization=UUID.
--
-- Ids are numbers written as UUIDs, because pgbench can count and do little else.
\set id 'lpad(n::text, 32, \'0\')::uuid'

truncate scheduling.bookings, scheduling.outbox, scheduling.idempotency_keys, scheduling.audit_log, scheduling.audit_seals;

insert into scheduling.organizations values (:'organization', 'gym', 'CAD', 1) on conflict do nothing;
insert into scheduling.locations select :'organization', :id, 'America/Toronto', true, 1 from generate_series(1, 1) n on conflict do nothing;
insert into scheduling.people
select :'organization', :id, array['member', 'trainer'], true, 1 from generate_series(1, 8000) n on conflict do nothing;
insert into scheduling.class_types
select :'organization', :id, 'Strength Basics', 'group', 30, 1000, 2500, 'CAD', '#C0392B', now(), now() from generate_series(1, 1) n
on conflict do nothing;
insert into scheduling.sessions (organization_id, id, class_type_id, trainer_id, location_id, starts_at, ends_at, capacity, price_amount,
    currency, created_at, updated_at)
select :'organization', :id, lpad('1', 32, '0')::uuid, :id, lpad('1', 32, '0')::uuid, now() + interval '1 month',
    now() + interval '1 month 30 minutes', 1000, 2500, 'CAD', now(), now()
from generate_series(1, 500) n
on conflict (organization_id, id) do update set booked = 0, waitlisted = 0, arrivals = 0, version = 1;

-- Plans are made for tables that are in use.
insert into scheduling.idempotency_keys
select :'organization', :id, 'before', '\x00', 201, '\x00', '{}', now() from generate_series(900000001, 900020000) n;
insert into scheduling.outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope, published_at)
select :id, :'organization', 'booking:' || n, 1, 'scheduling.booking.created.v1', '\x00', now() from generate_series(900000001, 900020000) n;
insert into scheduling.bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, cancelled_at, updated_at)
select :'organization', :id, lpad((n % 500 + 1)::text, 32, '0')::uuid, lpad('1', 32, '0')::uuid, -(n % 20000 / 500) - 1, 'cancelled', now(), now(), now()
from generate_series(900000001, 900020000) n;

vacuum analyze scheduling.audit_log, scheduling.bookings, scheduling.outbox, scheduling.idempotency_keys, scheduling.sessions, scheduling.people;
checkpoint;
