public import ContractKit

/// Says that a session was held, early or late: the people on the floor decide when it is over.
///
/// Confirmed bookings count as attended unless the list says otherwise; those who did not come become `no_show`, and
/// whoever still waited for a place is let go.
public struct CompleteSession: APIOperation {
    public static let route = Route.post("/v1/sessions/{session_id}/complete")
    public static let summary = "Say that a session was held and who attended"
    public static let access: Access = .any(.staff(.manageTimetable), .own(.trainer))
    public static let success = 200
    public static let problems: [ProblemKind] = [.sessionNotScheduled]
    public var sessionID: SessionID
    public typealias Output = Session

    public init(sessionID: SessionID) { self.sessionID = sessionID }

    public struct Body: OptionalBody {
        /// Who came and who did not; a confirmed booking that is not listed attended.
        public var attendance: [Attendance]?

        public init(attendance: [Attendance]? = nil) { self.attendance = attendance }
    }

    public struct Attendance: Codable, Sendable, Hashable {
        /// A confirmed booking of this session.
        public var bookingID: BookingID
        public var attended: Bool

        public init(bookingID: BookingID, attended: Bool) {
            self.bookingID = bookingID
            self.attended = attended
        }
    }
}

/// Takes a session off the timetable and cancels every booking.
public struct CancelSession: APIOperation {
    public static let route = Route.post("/v1/sessions/{session_id}/cancel")
    public static let summary = "Cancel a session and every booking"
    public static let access: Access = .any(.staff(.manageTimetable), .own(.trainer))
    public static let success = 200
    public static let problems: [ProblemKind] = [.sessionNotScheduled]
    public var sessionID: SessionID
    public typealias Output = Session

    public init(sessionID: SessionID) { self.sessionID = sessionID }

    public struct Body: OptionalBody {
        public var reason: Paragraph?

        public init(reason: Paragraph? = nil) { self.reason = reason }
    }
}
