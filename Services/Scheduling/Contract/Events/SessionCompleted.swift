public import ContractKit
public import Foundation

/// A session was held; carries what billing, workouts and messages need.
public struct SessionCompleted: Event, Equatable {
    public static let type = "scheduling.session.completed.v1"
    public static let summary = "A session was held; carries what billing, workouts and messages need"

    public var organizationID: OrganizationID
    public var sessionID: SessionID
    public var trainerID: PersonID
    public var locationID: LocationID
    public var classTypeID: ClassTypeID
    public var className: Line
    public var category: ClassCategory
    public var startsAt: Date
    public var endsAt: Date
    /// The location's zone: the invoice's month is the month there.
    public var timeZone: TimeZoneID
    /// Those who attended, in the order of their bookings.
    public var attendees: [Attendee]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("session", sessionID, version: version) }

    public init(
        organizationID: OrganizationID, sessionID: SessionID, trainerID: PersonID, locationID: LocationID,
        classTypeID: ClassTypeID, className: Line, category: ClassCategory, startsAt: Date, endsAt: Date, timeZone: TimeZoneID,
        attendees: [Attendee], version: Int64
    ) {
        self.organizationID = organizationID
        self.sessionID = sessionID
        self.trainerID = trainerID
        self.locationID = locationID
        self.classTypeID = classTypeID
        self.className = className
        self.category = category
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.timeZone = timeZone
        self.attendees = attendees
        self.version = version
    }

    /// One member who attended, and what it costs.
    public struct Attendee: Codable, Sendable, Hashable {
        public var bookingID: BookingID
        public var memberID: PersonID
        public var price: Money

        public init(bookingID: BookingID, memberID: PersonID, price: Money) {
            self.bookingID = bookingID
            self.memberID = memberID
            self.price = price
        }
    }
}
