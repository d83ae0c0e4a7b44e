import ContractKit
import Foundation
import SchedulingContract

enum BookingRules {
    /// Whose place is booked: staff name the member, a member books for self. Nil when staff name nobody.
    static func member(named memberID: PersonID?, by person: PersonID, roles: Set<Role>, _ scope: Scope) throws(Problem) -> PersonID? {
        // Staff who are members as well mean themselves when they name nobody.
        if scope == .organization { return memberID ?? (roles.contains(.member) ? person : nil) }
        guard memberID == nil || memberID == person else { throw Problem(.forbidden, detail: "A member books for themselves only") }
        return person
    }

    /// Why a place could not be taken, once the statement that takes places found none to take.
    ///
    /// The session comes first: what is asked of something that is not there does not matter.
    static func refusal(session: Session?, memberID: PersonID?, now: Date) -> Problem {
        guard let session else { return .notFound }
        guard session.status == .scheduled, session.startsAt > now else { return Problem(.sessionClosed) }
        return .invalid("#/member_id", memberID == nil ? "is missing" : "is no active member of this organization")
    }

    /// Whose bookings of a session the caller sees: everyone's (nil) or one member's.
    static func visibleMember(in session: Session, to person: PersonID, _ scope: Scope) throws(Problem) -> PersonID? {
        guard case .own(let roles) = scope else { return nil }
        if roles.contains(.trainer), session.trainerID == person { return nil }
        guard roles.contains(.member) else { throw Problem(.forbidden, detail: "A trainer sees who is in their own sessions") }
        return person
    }

    /// Whose bookings the caller lists: staff anyone's, all when they name nobody (nil); a member their own.
    static func listedMember(_ memberID: PersonID?, by person: PersonID, _ scope: Scope) throws(Problem) -> PersonID? {
        guard scope != .organization else { return memberID }
        guard memberID == nil || memberID == person else { throw Problem(.forbidden) }
        return person
    }

    /// What becomes of a booking that is given back at `now`.
    ///
    /// - Throws: ``Problem`` `booking-not-active`, `session-closed` or `precondition-failed`.
    static func cancel(_ held: HeldBooking, version: Int64?, now: Date, _ scope: Scope) throws(Problem) -> Cancellation {
        try held.booking.check(version)
        guard held.booking.status == .confirmed || held.booking.status == .waitlisted else { throw Problem(.bookingNotActive) }
        let hasStarted = held.booking.startsAt <= now
        guard held.sessionStatus == .scheduled, !hasStarted || scope == .organization else { throw Problem(.sessionClosed) }
        let hadPlace = held.booking.status == .confirmed
        return Cancellation(
            status: hadPlace && hasStarted ? .lateCancelled : .cancelled,
            hadPlace: hadPlace,
            // Nobody is put into a session that is under way: they could not know, and would be billed.
            promotes: hadPlace && !hasStarted && held.sessionWaitlisted > 0)
    }

    /// What becomes of one of two bookings of the same human in one session. It is never late: nobody has failed to come.
    static func merge(_ held: HeldBooking, now: Date) -> Cancellation {
        let hadPlace = held.booking.status == .confirmed
        return Cancellation(
            status: .cancelled, hadPlace: hadPlace,
            promotes: hadPlace && held.sessionStatus == .scheduled && held.booking.startsAt > now && held.sessionWaitlisted > 0)
    }
}

/// What a cancellation does.
struct Cancellation: Sendable, Hashable {
    var status: BookingStatus
    /// Whether a place comes free; otherwise one leaves the waitlist.
    var hadPlace: Bool
    /// Whether the first on the waitlist gets it.
    var promotes: Bool
}
