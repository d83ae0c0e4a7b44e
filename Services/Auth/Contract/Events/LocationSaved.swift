public import ContractKit

/// A location was added or changed; carries its whole state.
public struct LocationSaved: Event, Equatable {
    public static let type = "auth.location.saved.v1"
    public static let summary = "A location was added or changed; carries its whole state"

    public var organizationID: OrganizationID
    public var locationID: LocationID
    public var name: Line
    public var timeZone: TimeZoneID
    public var isActive: Bool
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("location", locationID, version: version) }

    public init(organizationID: OrganizationID, locationID: LocationID, name: Line, timeZone: TimeZoneID, isActive: Bool, version: Int64) {
        self.organizationID = organizationID
        self.locationID = locationID
        self.name = name
        self.timeZone = timeZone
        self.isActive = isActive
        self.version = version
    }
}
