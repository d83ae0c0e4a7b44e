public import ContractKit

/// A trainer began to work at a location, or that changed or ended.
public struct EngagementSaved: Event, Equatable {
    public static let type = "auth.engagement.saved.v1"
    public static let summary = "A trainer began to work at a location, or that changed or ended; carries its whole state"

    public var organizationID: OrganizationID
    public var engagementID: EngagementID
    public var trainerID: PersonID
    public var locationID: LocationID
    public var status: EngagementStatus
    public var startsOn: LocalDay
    public var endsOn: LocalDay?
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("engagement", engagementID, version: version) }

    public init(
        organizationID: OrganizationID, engagementID: EngagementID, trainerID: PersonID, locationID: LocationID, status: EngagementStatus,
        startsOn: LocalDay, endsOn: LocalDay? = nil, version: Int64
    ) {
        self.organizationID = organizationID
        self.engagementID = engagementID
        self.trainerID = trainerID
        self.locationID = locationID
        self.status = status
        self.startsOn = startsOn
        self.endsOn = endsOn
        self.version = version
    }
}
