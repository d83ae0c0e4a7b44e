public import ContractKit
public import Foundation

/// A member's place in a session, or on its waitlist.
public struct Booking: Codable, Sendable, Hashable, Versioned {
    public var id: BookingID
    public var sessionID: SessionID
    public var memberID: PersonID
    public var status: BookingStatus
    /// 1 is next in line; null unless the booking is waitlisted. Computed when asked: it falls as others leave.
    @Nullable public var waitlistPosition: Int?
    public var paymentStatus: PaymentStatus
    /// The session's class and start, so that a member's list needs no second call.
    public var className: Line
    public var startsAt: Date
    public var bookedAt: Date
    @Nullable public var cancelledAt: Date?
    public var version: Int64

    public init(
        id: BookingID, sessionID: SessionID, memberID: PersonID, status: BookingStatus, waitlistPosition: Int?,
        paymentStatus: PaymentStatus, className: Line, startsAt: Date, bookedAt: Date, cancelledAt: Date?, version: Int64
    ) {
        self.id = id
        self.sessionID = sessionID
        self.memberID = memberID
        self.status = status
        self._waitlistPosition = Nullable(wrappedValue: waitlistPosition)
        self.paymentStatus = paymentStatus
        self.className = className
        self.startsAt = startsAt
        self.bookedAt = bookedAt
        self._cancelledAt = Nullable(wrappedValue: cancelledAt)
        self.version = version
    }
}

extension Booking: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID, id: id.rawValue)] }
}

public struct BookSession: APIOperation {
    public static let route = Route.post("/v1/sessions/{session_id}/bookings")
    public static let summary = "Book a place in a session, or one on its waitlist when it is full"
    public static let access: Access = .any(.staff(.manageBookings), .own(.member))
    public static let problems: [ProblemKind] = [.alreadyBooked, .sessionClosed]
    public var sessionID: SessionID
    public typealias Output = Booking

    public init(sessionID: SessionID) { self.sessionID = sessionID }

    public struct Body: OptionalBody {
        /// Staff name the member; a member books for self and may leave it out.
        public var memberID: PersonID?

        public init(memberID: PersonID? = nil) { self.memberID = memberID }
    }
}

/// Who is in a session and who waits, in the order they booked.
///
/// Staff see everyone, a trainer everyone in their own sessions (403 for others'), a member only their own bookings.
public struct ListSessionBookings: APIOperation {
    public static let route = Route.get("/v1/sessions/{session_id}/bookings")
    public static let summary = "List a session's bookings in the order they were made"
    public static let access: Access = .any(.staff(.manageBookings), .own(.trainer), .own(.member))
    public static let reads: MemberData? = .booking
    public var sessionID: SessionID
    public var cursor: Cursor?
    public var limit: PageLimit?
    public typealias Output = Page<Booking>

    public init(sessionID: SessionID, cursor: Cursor? = nil, limit: PageLimit? = nil) {
        self.sessionID = sessionID
        self.cursor = cursor
        self.limit = limit
    }
}

/// A member's bookings, newest first. A member gets their own and may leave the id out.
public struct ListBookings: APIOperation {
    public static let route = Route.get("/v1/bookings")
    public static let summary = "List bookings, newest first"
    public static let access: Access = .any(.staff(.manageBookings), .own(.member))
    public static let reads: MemberData? = .booking
    public var memberID: PersonID?
    public var cursor: Cursor?
    public var limit: PageLimit?
    public typealias Output = Page<Booking>

    public init(memberID: PersonID? = nil, cursor: Cursor? = nil, limit: PageLimit? = nil) {
        self.memberID = memberID
        self.cursor = cursor
        self.limit = limit
    }
}

/// Gives a place back; the first on the waitlist has it when this returns.
///
/// A booking that was cancelled before is a 409 `booking-not-active`, one of a session that is over a 409 `session-closed`. Once the
/// session has started a member cannot cancel (409 `session-closed`); staff can, the booking becomes `late_cancelled` and nobody
/// is promoted into a session that is under way. A member is answered 404 for somebody else's booking.
public struct CancelBooking: APIOperation {
    public static let route = Route.delete("/v1/bookings/{booking_id}")
    public static let summary = "Cancel a booking; the first on the waitlist gets the place"
    public static let access: Access = .any(.staff(.manageBookings), .own(.member))
    public static let problems: [ProblemKind] = [.bookingNotActive, .sessionClosed]
    public var bookingID: BookingID
    public typealias Output = Booking

    public init(bookingID: BookingID) { self.bookingID = bookingID }
}
