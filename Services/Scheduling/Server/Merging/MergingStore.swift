import ContractKit
import Foundation
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// What two people who are one have twice. Sessions are held before bookings, as everywhere.
struct MergingStore {
    let organizationID: OrganizationID
    let duplicateID: PersonID
    let keptID: PersonID
    let tx: Transaction

    init(_ merging: PersonMerging, tx: Transaction) {
        (organizationID, duplicateID, keptID) = (merging.organizationID, merging.duplicateID, merging.keptID)
        self.tx = tx
    }

    /// Nobody books for the duplicate from here on. It waits for no booking that is under way: such a one holds its session, and refers to
    /// this row until it commits.
    func close() async throws {
        try await tx.execute(
            "update people set is_active = false where organization_id = \(organizationID) and person_id = \(duplicateID) and is_active")
    }

    /// Waits for every booking and every session that is under way, and lets nobody begin another.
    func holdDuplicate() async throws {
        try await tx.execute(
            "select 1 from people where organization_id = \(organizationID) and person_id = \(duplicateID) for update")
    }

    /// One human needs one place in a session. A place is better than waiting for one, and waiting longer than waiting less; of two
    /// places the kept person's stays.
    func endDoublePlaces(now: Date) async throws -> [MergeDeed] {
        let sessions: [SessionID] = try await tx.query(
            """
            select d.session_id from bookings d
            join bookings k on k.organization_id = d.organization_id and k.session_id = d.session_id
            where d.organization_id = \(organizationID) and d.member_id = \(duplicateID) and d.status in ('confirmed', 'waitlisted')
                and k.member_id = \(keptID) and k.status in ('confirmed', 'waitlisted')
            order by d.session_id
            """)
        var ended = 0
        for id in sessions where try await endDoublePlace(in: id, now: now) { ended += 1 }
        return [MergeDeed(table: "bookings", outcome: .ended, rows: ended)]
    }

    private func endDoublePlace(in id: SessionID, now: Date) async throws -> Bool {
        guard try await SessionStore(organizationID: organizationID, tx: tx).lock(id) != nil else { return false }
        // A statement after the lock: it sees what the lock waited for.
        let live: [Live] = try await tx.query(
            """
            select id, member_id, status, arrival from bookings
            where organization_id = \(organizationID) and session_id = \(id) and member_id in (\(duplicateID), \(keptID))
                and status in ('confirmed', 'waitlisted')
            """)
        guard let theirs = live.first(where: { $0.memberID == duplicateID }), let kept = live.first(where: { $0.memberID == keptID })
        else { return false }
        let bookings = BookingStore(organizationID: organizationID, tx: tx)
        guard let held = try await bookings.hold(theirs.isBetter(than: kept) ? kept.id : theirs.id, of: nil) else { return false }
        let cancellation = BookingRules.merge(held, now: now)
        let booking = held.cancelled(by: cancellation, now: now)
        bookings.save(booking, cancellation, now: now)
        // Of a session that was held nobody is told anything: it was held with one of them.
        guard held.sessionStatus == .scheduled else { return true }
        var told = booking
        told.memberID = keptID
        try await tx.emit(told.cancelled(in: organizationID, with: held.trainerID, held.timeZone))
        if cancellation.promotes {
            let next = try await bookings.promoteFirst(in: booking.sessionID, now: now)
            try await tx.emit(next.booking.promoted(in: organizationID, next.timeZone))
        }
        return true
    }

    /// Who was in two places at once as two people is so as one. Everything stays; the report says of how much somebody has to decide.
    func moveOverlapping() async throws -> [MergeDeed] {
        let bookings = try await tx.execute(
            """
            update bookings b set member_id = \(keptID), updated_at = now(), version = b.version + 1
            from sessions s
            where b.organization_id = \(organizationID) and b.member_id = \(duplicateID) and b.status in ('confirmed', 'waitlisted')
                and s.organization_id = b.organization_id and s.id = b.session_id and s.status = 'scheduled'
                and exists (
                    select from bookings k join sessions o on o.organization_id = k.organization_id and o.id = k.session_id
                    where k.organization_id = \(organizationID) and k.member_id = \(keptID) and k.status in ('confirmed', 'waitlisted')
                        and o.status = 'scheduled' and o.starts_at < s.ends_at and o.ends_at > s.starts_at)
            """)
        let sessions = try await tx.execute(
            """
            update sessions s set trainer_id = \(keptID), beside_another = true, updated_at = now(), version = s.version + 1
            where s.organization_id = \(organizationID) and s.trainer_id = \(duplicateID) and s.status <> 'cancelled'
                and exists (
                    select from sessions o
                    where o.organization_id = \(organizationID) and o.trainer_id = \(keptID) and o.status <> 'cancelled'
                        and o.starts_at < s.ends_at and o.ends_at > s.starts_at)
            """)
        return [
            MergeDeed(table: "bookings", outcome: .overlapping, rows: bookings),
            MergeDeed(table: "sessions", outcome: .overlapping, rows: sessions),
        ]
    }

    private struct Live: Decodable, Sendable {
        var id: BookingID
        var memberID: PersonID
        var status: BookingStatus
        var arrival: Int

        func isBetter(than other: Live) -> Bool {
            guard status == other.status else { return status == .confirmed }
            return status == .waitlisted && arrival < other.arrival
        }
    }
}
