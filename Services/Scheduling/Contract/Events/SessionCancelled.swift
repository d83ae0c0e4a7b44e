public import ContractKit
public import Foundation

/// A session was cancelled, and with it every booking.
public struct SessionCancelled: Event, Equatable {
    public static let type = "scheduling.session.cancelled.v1"
    public static let summary = "A session was cancelled, and with it every booking"

    public var organizationID: OrganizationID
    public var sessionID: SessionID
    public var trainerID: PersonID?
    public var className: Line
    public var startsAt: Date
    public var timeZone: TimeZoneID
    /// Who held a place or waited for one.
    public var memberIDs: [PersonID]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("session", sessionID, version: version) }

    public init(
        organizationID: OrganizationID, sessionID: SessionID, trainerID: PersonID? = nil, className: Line, startsAt: Date,
        timeZone: TimeZoneID, memberIDs: [PersonID], version: Int64
    ) {
        self.organizationID = organizationID
        self.sessionID = sessionID
        self.trainerID = trainerID
        self.className = className
        self.startsAt = startsAt
        self.timeZone = timeZone
        self.memberIDs = memberIDs
        self.version = version
    }
}
