-- One booking as the service makes it, in the flights in which Shared/Postgres sends it: what needs an answer ends a pipeline.
-- The statements are those of BookingStore.swift, Idempotency.swift, Outbox.swift and Tenant.swift, and a trigger logs the booking;
-- booking-plain.sql has the same without pipelines, Drivers/PostgresBooking.swift is our side. booking-data.sql makes what they need.
--
-- -D run=NUMBER -D n=0, and the values of `constants` in lines/bookings.py.
-- Every client walks through the sessions from another one on, each time around with another member: every booking succeeds.
\set n :n + 1
\set booking (:run * 8 + :client_id) * 1000000 + :n
\set session 1 + (:n + :client_id * 61) % 500
\set member 1 + :client_id * 1000 + :n / 500 % 1000

\startpipeline
begin;
select set_config('app.organization_id', :organization, true), set_config('app.person_id', lpad(:member, 32, '0'), true),
    set_config('app.call', :call, true);
with guard as materialized (select pg_try_advisory_xact_lock(:booking) as free),
     expired as (
         delete from idempotency_keys
         where organization_id = :organization and person_id = lpad(:member, 32, '0')::uuid and key = lpad(:booking, 64, '0')
           and created_at <= now() - interval '24 hours')
select guard.free, k.fingerprint, k.status, k.response, k.headers::text as headers
from guard
left join idempotency_keys k
    on k.organization_id = :organization and k.person_id = lpad(:member, 32, '0')::uuid and k.key = lpad(:booking, 64, '0')
   and k.created_at > now() - interval '24 hours';
\endpipeline
\startpipeline
with open as (
    select s.id, s.booked, s.waitlisted, s.arrivals, s.version, s.booked < s.capacity as has_place
    from sessions s
    where s.organization_id = :organization and s.id = lpad(:session, 32, '0')::uuid
        and s.status = 'scheduled' and s.starts_at > :now
        and exists (
            select from people p
            where p.organization_id = :organization and p.person_id = lpad(:member, 32, '0')::uuid
                and p.is_active and 'member' = any(p.roles)
        )
    for update of s
), s as (
    update sessions
    set booked = open.booked + open.has_place::int, waitlisted = open.waitlisted + (not open.has_place)::int,
        arrivals = open.arrivals + 1, version = open.version + 1
    from open
    where sessions.organization_id = :organization and sessions.id = open.id
    returning sessions.*, open.has_place
), b as (
    insert into bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, created_at, updated_at)
    select s.organization_id, lpad(:booking, 32, '0')::uuid, s.id, lpad(:member, 32, '0')::uuid, s.arrivals,
        case when s.has_place then 'confirmed' else 'waitlisted' end, :now::timestamptz, :now::timestamptz, :now::timestamptz
    from s
    returning *
)
select b.id, b.session_id, b.member_id, b.status, b.payment_status, c.name as class_name, s.starts_at, b.booked_at,
    b.cancelled_at, b.version, b.arrival, l.time_zone,
    case b.status when 'waitlisted' then s.waitlisted end as waitlist_position
from b
join s on s.id = b.session_id
join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id;
\endpipeline
\startpipeline
insert into outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope)
values (lpad(:booking, 32, '0')::uuid, :organization, 'booking:' || lpad(:booking, 36, '0'), :version, :type, :envelope);
insert into idempotency_keys (organization_id, person_id, key, fingerprint, status, response, headers, created_at)
values (:organization, lpad(:member, 32, '0')::uuid, lpad(:booking, 64, '0'), :fingerprint, :status, :sealed, :headers::jsonb,
    now());
commit;
\endpipeline
