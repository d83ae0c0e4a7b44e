import ContractKit
import Foundation
import Messaging
import Postgres
import SchedulingContract

/// What ends when somebody leaves for good. Sessions are held before bookings, as everywhere.
struct LeavingStore {
    let organizationID: OrganizationID
    let personID: PersonID
    let tx: Transaction

    /// Gives back every place that the person holds or waits for; whoever is next gets it.
    func cancelBookings(now: Date) async throws {
        // Nobody books for them from here on. It waits for no booking that is under way: such a one holds its session, and refers to this
        // row until it commits; when it does, the row cannot go, and all this is done again.
        try await tx.execute(
            "update people set is_active = false where organization_id = \(organizationID) and person_id = \(personID) and is_active")
        let bookings = BookingStore(organizationID: organizationID, tx: tx)
        let live: [BookingID] = try await tx.query(
            """
            select b.id from bookings b join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            where b.organization_id = \(organizationID) and b.member_id = \(personID) and b.status in ('confirmed', 'waitlisted')
                and s.status = 'scheduled'
            order by b.session_id
            """)
        for id in live {
            guard let held = try await bookings.hold(id, of: personID),
                // Somebody else may just have cancelled it, or ended the session.
                let cancellation = try? BookingRules.cancel(held, version: nil, now: now, .organization)
            else { continue }
            let booking = held.cancelled(by: cancellation, now: now)
            bookings.save(booking, cancellation, now: now)
            try await tx.emit(booking.cancelled(in: organizationID, with: held.trainerID, held.timeZone))
            if cancellation.promotes {
                let next = try await bookings.promoteFirst(in: booking.sessionID, now: now)
                try await tx.emit(next.booking.promoted(in: organizationID, next.timeZone))
            }
        }
    }

    /// Cancels what the person was going to teach, and takes what was written about their other sessions away.
    func cancelSessions(now: Date) async throws {
        let outcomes = SessionOutcomeStore(organizationID: organizationID, tx: tx)
        let sessions = SessionStore(organizationID: organizationID, tx: tx)
        let coming: [SessionID] = try await tx.query(
            """
            select id from sessions
            where organization_id = \(organizationID) and trainer_id = \(personID) and status = 'scheduled' and starts_at > \(now)
            order by id
            """)
        for id in coming {
            guard let session = try await sessions.lock(id), session.status == .scheduled else { continue }
            let members = try await outcomes.cancelBookings(of: id, now: now)
            try await tx.emit(try await outcomes.cancel(id, reason: nil, now: now).cancelled(in: organizationID, memberIDs: members))
        }
        try await tx.execute(
            """
            update sessions set cancel_reason = null
            where organization_id = \(organizationID) and trainer_id = \(personID) and cancel_reason is not null
            """)
    }

    /// Rows that stay refer to somebody: to this one, who is nobody and can do nothing.
    func standIn(_ pseudonym: PersonID) async throws {
        try await tx.execute(
            """
            insert into people (organization_id, person_id, roles, is_active, version)
            select \(organizationID)::uuid, \(pseudonym)::uuid, '{}', false, 1
            where exists (select from bookings where organization_id = \(organizationID) and member_id = \(personID))
                or exists (select from sessions where organization_id = \(organizationID) and trainer_id = \(personID))
            """)
    }
}
