public import ContractKit
public import Foundation

/// A place was booked, or one on the waitlist.
public struct BookingCreated: Event, Equatable {
    public static let type = "scheduling.booking.created.v1"
    public static let summary = "A place was booked, or one on the waitlist"

    public var organizationID: OrganizationID
    public var bookingID: BookingID
    public var sessionID: SessionID
    public var memberID: PersonID
    /// Who holds the session.
    public var trainerID: PersonID?
    /// `confirmed` or `waitlisted`.
    public var status: BookingStatus
    public var className: Line
    public var startsAt: Date
    /// The location's zone: messages name the local time.
    public var timeZone: TimeZoneID
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("booking", bookingID, version: version) }

    public init(
        organizationID: OrganizationID, bookingID: BookingID, sessionID: SessionID, memberID: PersonID, trainerID: PersonID? = nil,
        status: BookingStatus, className: Line, startsAt: Date, timeZone: TimeZoneID, version: Int64
    ) {
        self.organizationID = organizationID
        self.bookingID = bookingID
        self.sessionID = sessionID
        self.memberID = memberID
        self.trainerID = trainerID
        self.status = status
        self.className = className
        self.startsAt = startsAt
        self.timeZone = timeZone
        self.version = version
    }
}
