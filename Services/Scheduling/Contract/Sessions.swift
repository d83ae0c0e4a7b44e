public import ContractKit
public import Foundation

/// One class or appointment at a time and place, with its trainer.
public struct Session: Codable, Sendable, Hashable, Versioned {
    public var id: SessionID
    public var classTypeID: ClassTypeID
    /// The class type's name, category and colour, so that a timetable needs no second call.
    public var className: Line
    public var category: ClassCategory
    @Nullable public var color: HexColor?
    public var trainerID: PersonID
    public var locationID: LocationID
    /// The location's zone.
    public var timeZone: TimeZoneID
    public var status: SessionStatus
    public var startsAt: Date
    public var endsAt: Date
    public var capacity: Capacity
    /// How many bookings are confirmed; once it is completed, how many attended.
    public var booked: Int
    /// How many wait for a place.
    public var waitlisted: Int
    /// What one attendee pays.
    public var price: Money
    @Nullable public var cancelReason: Paragraph?
    public var createdAt: Date
    /// Counts up with every booking as well: the counters are part of what is shown.
    public var version: Int64

    public init(
        id: SessionID, classTypeID: ClassTypeID, className: Line, category: ClassCategory, color: HexColor?, trainerID: PersonID,
        locationID: LocationID, timeZone: TimeZoneID, status: SessionStatus, startsAt: Date, endsAt: Date, capacity: Capacity,
        booked: Int, waitlisted: Int, price: Money, cancelReason: Paragraph?, createdAt: Date, version: Int64
    ) {
        self.id = id
        self.classTypeID = classTypeID
        self.className = className
        self.category = category
        self._color = Nullable(wrappedValue: color)
        self.trainerID = trainerID
        self.locationID = locationID
        self.timeZone = timeZone
        self.status = status
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.capacity = capacity
        self.booked = booked
        self.waitlisted = waitlisted
        self.price = price
        self._cancelReason = Nullable(wrappedValue: cancelReason)
        self.createdAt = createdAt
        self.version = version
    }
}

extension Session: JSONWritable {
    public func write(to json: inout JSONBytes) {
        json.object {
            $0.member("id", id)
            $0.member("class_type_id", classTypeID)
            $0.member("class_name", className)
            $0.member("category", category)
            $0.member("color", color)
            $0.member("trainer_id", trainerID)
            $0.member("location_id", locationID)
            $0.member("time_zone", timeZone)
            $0.member("status", status)
            $0.member("starts_at", startsAt)
            $0.member("ends_at", endsAt)
            $0.member("capacity", capacity)
            $0.member("booked", booked)
            $0.member("waitlisted", waitlisted)
            $0.member("price", price)
            $0.member("cancel_reason", cancelReason)
            $0.member("created_at", createdAt)
            $0.member("version", version)
        }
    }
}

public enum SessionStatus: String, Words {
    case scheduled, completed, cancelled
}

public struct CreateSession: APIOperation {
    public static let route = Route.post("/v1/sessions")
    public static let summary = "Put a session on the timetable"
    public static let access: Access = .any(.staff(.manageTimetable))
    public static let problems: [ProblemKind] = [.trainerUnavailable]
    public typealias Output = Session

    public init() {}

    public struct Body: Codable, Sendable {
        public var classTypeID: ClassTypeID
        public var trainerID: PersonID
        public var locationID: LocationID
        /// May lie in the past, for what is entered afterwards; such a session takes no bookings.
        public var startsAt: Date
        /// These three are the class type's when left out.
        public var durationMinutes: Minutes?
        public var capacity: Capacity?
        public var price: Money?

        public init(
            classTypeID: ClassTypeID, trainerID: PersonID, locationID: LocationID, startsAt: Date, durationMinutes: Minutes? = nil,
            capacity: Capacity? = nil, price: Money? = nil
        ) {
            self.classTypeID = classTypeID
            self.trainerID = trainerID
            self.locationID = locationID
            self.startsAt = startsAt
            self.durationMinutes = durationMinutes
            self.capacity = capacity
            self.price = price
        }
    }
}

public struct ListSessions: APIOperation {
    public static let route = Route.get("/v1/sessions")
    public static let summary = "List sessions by the moment they start"
    public static let access: Access = .any(.staff(.readTimetable))
    /// Sessions that start at this moment or later.
    public var from: Date?
    /// Sessions that start before this moment.
    public var to: Date?
    public var locationID: LocationID?
    public var trainerID: PersonID?
    public var cursor: Cursor?
    public var limit: PageLimit?
    public typealias Output = Page<Session>

    public init(
        from: Date? = nil, to: Date? = nil, locationID: LocationID? = nil, trainerID: PersonID? = nil, cursor: Cursor? = nil,
        limit: PageLimit? = nil
    ) {
        self.from = from
        self.to = to
        self.locationID = locationID
        self.trainerID = trainerID
        self.cursor = cursor
        self.limit = limit
    }
}

public struct GetSession: APIOperation {
    public static let route = Route.get("/v1/sessions/{session_id}")
    public static let summary = "Read a session"
    public static let access: Access = .any(.staff(.readTimetable))
    public var sessionID: SessionID
    public typealias Output = Session

    public init(sessionID: SessionID) { self.sessionID = sessionID }
}
