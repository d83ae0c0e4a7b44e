import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// What is written when a session ends. Its caller holds the session's row, see ``SessionStore/lock(_:)``.
struct SessionOutcomeStore {
    let organizationID: OrganizationID
    let tx: Transaction

    /// Who has a place, in the order they booked. A statement after the lock: it sees what the lock waited for.
    func confirmed(in id: SessionID) async throws -> [Roll.Entry] {
        try await tx.query(
            """
            select id, member_id from bookings
            where organization_id = \(organizationID) and session_id = \(id) and status = 'confirmed'
            order by arrival
            """)
    }

    func complete(_ id: SessionID, absent: [BookingID], now: Date) async throws -> Session {
        tx.later(
            """
            update bookings
            set status = case status when 'confirmed' then 'no_show' else 'cancelled' end,
                cancelled_at = case status when 'waitlisted' then \(now)::timestamptz end,
                updated_at = \(now), version = version + 1
            where organization_id = \(organizationID) and session_id = \(id)
                and (status = 'waitlisted' or status = 'confirmed' and id = any(\(absent)::uuid[]))
            """)
        return try await tx.one(
            """
            with s as (
                update sessions
                set status = 'completed', booked = booked - \(absent.count), waitlisted = 0, updated_at = \(now), version = version + 1
                where organization_id = \(organizationID) and id = \(id) and status = 'scheduled'
                returning *
            )
            select \(SessionRow.columns)
            from s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            """, as: SessionRow.self
        ).session
    }

    func cancel(_ id: SessionID, reason: Paragraph?, now: Date) async throws -> Session {
        try await tx.one(
            """
            with s as (
                update sessions
                set status = 'cancelled', cancel_reason = \(reason), booked = 0, waitlisted = 0, updated_at = \(now),
                    version = version + 1
                where organization_id = \(organizationID) and id = \(id) and status = 'scheduled'
                returning *
            )
            select \(SessionRow.columns)
            from s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            """, as: SessionRow.self
        ).session
    }

    /// - Returns: who held or awaited a place, in the order they booked.
    func cancelBookings(of id: SessionID, now: Date) async throws -> [PersonID] {
        try await tx.query(
            """
            with gone as (
                update bookings set status = 'cancelled', cancelled_at = \(now), updated_at = \(now), version = version + 1
                where organization_id = \(organizationID) and session_id = \(id) and status in ('confirmed', 'waitlisted')
                returning member_id, arrival
            )
            select member_id from gone order by arrival
            """)
    }
}
