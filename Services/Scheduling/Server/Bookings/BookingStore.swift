import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// Takes places and gives them back. Whatever changes a place holds the session's row first, so that the counters there and the
/// bookings' rows agree and nobody waits for another in a circle.
struct BookingStore {
    let organizationID: OrganizationID
    let tx: Transaction

    /// Takes a place in an open session, or one on its waitlist, in one statement.
    ///
    /// - Returns: nil when there is no such session, it is closed, or there is no such active member.
    /// - Throws: ``Problem`` `already-booked`.
    func take(_ sessionID: SessionID, for memberID: PersonID?, id: BookingID, now: Date) async throws -> BookingRow? {
        do {
            return try await tx.first(
                """
                -- The lock comes with the guard: a booking that waited here for another sees the counters that one left behind.
                with open as (
                    select s.id, s.booked, s.waitlisted, s.arrivals, s.version, s.booked < s.capacity as has_place
                    from sessions s
                    where s.organization_id = \(organizationID) and s.id = \(sessionID)
                        and s.status = 'scheduled' and s.starts_at > \(now)
                        and exists (
                            select from people p
                            where p.organization_id = \(organizationID) and p.person_id = \(memberID)::uuid
                                and p.is_active and 'member' = any(p.roles)
                        )
                    for update of s
                ), s as (
                    -- From the locked row alone: mixed with the statement's older sight of the row, the first try of an update that
                    -- had waited would break sessions_booked_fits, although PostgreSQL is about to repeat it with the new one.
                    -- It leaves updated_at alone: who comes changes nothing about the session, and no index needs a new entry.
                    update sessions
                    set booked = open.booked + open.has_place::int, waitlisted = open.waitlisted + (not open.has_place)::int,
                        arrivals = open.arrivals + 1, version = open.version + 1
                    from open
                    where sessions.organization_id = \(organizationID) and sessions.id = open.id
                    returning sessions.*, open.has_place
                ), b as (
                    insert into bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, created_at, updated_at)
                    select s.organization_id, \(id)::uuid, s.id, \(memberID)::uuid, s.arrivals,
                        case when s.has_place then 'confirmed' else 'waitlisted' end, \(now)::timestamptz, \(now)::timestamptz,
                        \(now)::timestamptz
                    from s
                    returning *
                )
                -- Last to come, last in line: as many wait as its position says.
                select b.id, b.session_id, b.member_id, b.status, b.payment_status, c.name as class_name, s.starts_at, b.booked_at,
                    b.cancelled_at, b.version, b.arrival, s.trainer_id, l.time_zone,
                    case b.status when 'waitlisted' then s.waitlisted end as waitlist_position
                from b
                join s on s.id = b.session_id
                join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
                join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
                """)
        } catch let error as DatabaseError where error.constraint == "bookings_one_live_per_member" {
            throw Problem(.alreadyBooked)
        } catch let error as DatabaseError where error.constraint == "bookings_member" {
            // Erased at this very moment. The transaction is over: what is asked of it next is asked anew.
            throw Problem.invalid("#/member_id", "is no active member of this organization")
        }
    }

    /// A booking with its session, both held until the transaction ends.
    ///
    /// `memberID`: only if it is that member's. The session's row is locked before the booking's, as everywhere.
    func hold(_ id: BookingID, of memberID: PersonID?) async throws -> HeldBooking? {
        let isTheirs: SQL = memberID.map { "and b.member_id = \($0)" } ?? ""
        return try await tx.first(
            """
            select \(BookingRow.columns), s.status as session_status, s.waitlisted as session_waitlisted
            from bookings b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where b.organization_id = \(organizationID) and b.id = \(id) \(isTheirs)
            for update of s, b
            """)
    }

    /// Writes a cancellation; `booking` is the state afterwards.
    func save(_ booking: Booking, _ cancellation: Cancellation, now: Date) {
        tx.later(
            """
            update bookings
            set status = \(booking.status), cancelled_at = \(booking.cancelledAt), updated_at = \(now), version = \(booking.version)
            where organization_id = \(organizationID) and id = \(booking.id)
            """)
        // The place that the first in line gets stays taken.
        let places = cancellation.hadPlace && !cancellation.promotes ? 1 : 0
        let waiting = !cancellation.hadPlace || cancellation.promotes ? 1 : 0
        tx.later(
            """
            update sessions
            set booked = booked - \(places), waitlisted = waitlisted - \(waiting), version = version + 1
            where organization_id = \(organizationID) and id = \(booking.sessionID)
            """)
    }

    /// Gives the place that came free to the first in line.
    func promoteFirst(in sessionID: SessionID, now: Date) async throws -> BookingRow {
        try await tx.one(
            """
            with b as (
                update bookings
                set status = 'confirmed', updated_at = \(now), version = version + 1
                where organization_id = \(organizationID) and id = (
                    select w.id from bookings w
                    where w.organization_id = \(organizationID) and w.session_id = \(sessionID) and w.status = 'waitlisted'
                    order by w.arrival
                    limit 1
                )
                returning *
            )
            select \(BookingRow.columns)
            from b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            """)
    }
}
