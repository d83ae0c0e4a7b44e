public import ContractKit
public import Foundation

/// What came of the sessions that start within some stretch of time.
public struct SessionFigures: Codable, Sendable, Hashable {
    /// Sessions of which nobody has said yet that they were held.
    public var sessionsScheduled: Int
    public var sessionsHeld: Int
    public var sessionsCancelled: Int
    /// The capacities of the scheduled and the held sessions together. What follows is of the same sessions.
    public var placesOffered: Int
    /// Bookings that hold a place, those of who attended among them.
    public var confirmed: Int
    public var waitlisted: Int
    /// Bookings that were given back after their session had started.
    public var lateCancelled: Int
    public var noShows: Int
    /// Confirmed bookings of held sessions; of the others it is not known yet.
    public var attended: Int
    /// How many people have one of the places that are taken, each counted once.
    public var distinctMembers: Int
    /// The share of the places offered that is taken, 0 to 1 in ten-thousandths. Taken is a place whose booking is confirmed, was given
    /// back too late for anybody else or whose holder did not come. Null where no places were offered.
    @Nullable public var utilization: Double?

    public init(
        sessionsScheduled: Int, sessionsHeld: Int, sessionsCancelled: Int, placesOffered: Int, confirmed: Int, waitlisted: Int,
        lateCancelled: Int, noShows: Int, attended: Int, distinctMembers: Int, utilization: Double?
    ) {
        self.sessionsScheduled = sessionsScheduled
        self.sessionsHeld = sessionsHeld
        self.sessionsCancelled = sessionsCancelled
        self.placesOffered = placesOffered
        self.confirmed = confirmed
        self.waitlisted = waitlisted
        self.lateCancelled = lateCancelled
        self.noShows = noShows
        self.attended = attended
        self.distinctMembers = distinctMembers
        self._utilization = Nullable(wrappedValue: utilization)
    }
}

/// The figures of every location and of all together.
public struct LocationReport: Codable, Sendable, Hashable {
    public struct Row: Codable, Sendable, Hashable {
        public var locationID: LocationID
        /// The location's zone.
        public var timeZone: TimeZoneID
        public var figures: SessionFigures

        public init(locationID: LocationID, timeZone: TimeZoneID, figures: SessionFigures) {
            self.locationID = locationID
            self.timeZone = timeZone
            self.figures = figures
        }
    }

    public var from: Date
    /// Not part of it any more.
    public var to: Date
    /// The active ones and those that had sessions, oldest first.
    public var locations: [Row]
    /// Of all locations together: who comes to two of them is one member.
    public var total: SessionFigures

    public init(from: Date, to: Date, locations: [Row], total: SessionFigures) {
        self.from = from
        self.to = to
        self.locations = locations
        self.total = total
    }
}

/// Compares the locations of an organization by the sessions that start from one moment until another: 366 days at most.
public struct GetLocationReport: APIOperation {
    public static let route = Route.get("/v1/reports/locations")
    public static let summary = "How the sessions of each location were booked and attended"
    public static let access: Access = .any(.staff(.manageBookings))
    /// Sessions that start at this moment or later.
    public var from: Date
    /// Sessions that start before this moment.
    public var to: Date
    public typealias Output = LocationReport

    public init(from: Date, to: Date) {
        self.from = from
        self.to = to
    }
}
