import Foundation
import Postgres

extension Booking {
    func make(in database: Database, _ constants: Constants) async throws {
        let (organization, now) = (ID(rawValue: constants.organization), Date())
        let call = constants.call.split(separator: "\n").map(String.init)
        let origin = Origin(by: call[0], requestID: call[1], address: call[2], userAgent: call[3])
        try await database.transaction(as: Tenant(organization, person: member), from: origin) { tx in
            let look = try await tx.one(look(organization), as: Look.self)
            guard look.free, look.fingerprint == nil else { throw Refusal() }
            guard let row = try await tx.first(take(organization, now), as: Row.self), row.status == "confirmed" else { throw Refusal() }
            tx.later(
                """
                insert into outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope)
                values (\(booking), \(organization), \("booking:" + row.id.uuidString.lowercased()), \(constants.version), \
                \(constants.type), \(Data(constants.envelope.utf8)))
                """)
            tx.signal("outbox")
            tx.later(
                """
                insert into idempotency_keys (organization_id, person_id, key, fingerprint, status, response, headers, created_at)
                values (\(organization), \(member), \(key), \(Data(constants.fingerprint.utf8)), \(constants.status), \
                \(Data(constants.sealed.utf8)), \(constants.headers)::jsonb, now())
                """)
        }
    }

    struct Refusal: Error {}

    private struct Look: Decodable, Sendable {
        var free: Bool
        var fingerprint: Data?
        var status: Int?
        var response: Data?
        var headers: String?
    }

    private func look(_ organization: ID) -> SQL {
        """
        with guard as materialized (select pg_try_advisory_xact_lock(\(number)) as free),
             expired as (
                 delete from idempotency_keys
                 where organization_id = \(organization) and person_id = \(member) and key = \(key)
                   and created_at <= now() - interval '24 hours')
        select guard.free, k.fingerprint, k.status, k.response, k.headers::text as headers
        from guard
        left join idempotency_keys k
            on k.organization_id = \(organization) and k.person_id = \(member) and k.key = \(key)
           and k.created_at > now() - interval '24 hours'
        """
    }

    private struct Row: Decodable, Sendable {
        var id: UUID
        var sessionID: UUID
        var memberID: UUID
        var status: String
        var paymentStatus: String
        var className: String
        var startsAt: Date
        var bookedAt: Date
        var cancelledAt: Date?
        var version: Int64
        var arrival: Int
        var timeZone: String
        var waitlistPosition: Int?
    }

    private func take(_ organization: ID, _ now: Date) -> SQL {
        """
        with open as (
            select s.id, s.booked, s.waitlisted, s.arrivals, s.version, s.booked < s.capacity as has_place
            from sessions s
            where s.organization_id = \(organization) and s.id = \(session)
                and s.status = 'scheduled' and s.starts_at > \(now)
                and exists (
                    select from people p
                    where p.organization_id = \(organization) and p.person_id = \(member)::uuid
                        and p.is_active and 'member' = any(p.roles)
                )
            for update of s
        ), s as (
            update sessions
            set booked = open.booked + open.has_place::int, waitlisted = open.waitlisted + (not open.has_place)::int,
                arrivals = open.arrivals + 1, version = open.version + 1
            from open
            where sessions.organization_id = \(organization) and sessions.id = open.id
            returning sessions.*, open.has_place
        ), b as (
            insert into bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, created_at, updated_at)
            select s.organization_id, \(booking)::uuid, s.id, \(member)::uuid, s.arrivals,
                case when s.has_place then 'confirmed' else 'waitlisted' end, \(now)::timestamptz, \(now)::timestamptz, \(now)::timestamptz
            from s
            returning *
        )
        select b.id, b.session_id, b.member_id, b.status, b.payment_status, c.name as class_name, s.starts_at, b.booked_at,
            b.cancelled_at, b.version, b.arrival, l.time_zone,
            case b.status when 'waitlisted' then s.waitlisted end as waitlist_position
        from b
        join s on s.id = b.session_id
        join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
        join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
        """
    }
}
