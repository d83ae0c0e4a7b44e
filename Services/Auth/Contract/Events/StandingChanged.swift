public import ContractKit

/// An organization, or an account wherever it is known, was suspended, deleted or taken back.
public struct StandingChanged: Event, Equatable {
    public static let type = "auth.standing.changed.v1"
    public static let summary = "Access tokens of an organization, or of one person in it, are refused from now on, or good again"
    public static let audience = Audience.everyProcess

    public var organizationID: OrganizationID
    /// Nil when it is the whole organization's.
    public var personID: PersonID?
    public var standing: Standing
    public var version: Int64

    public var aggregate: Aggregate {
        personID.map { Aggregate("person_standing", $0, version: version) }
            ?? Aggregate("organization_standing", organizationID, version: version)
    }

    public init(organizationID: OrganizationID, personID: PersonID? = nil, standing: Standing, version: Int64) {
        self.organizationID = organizationID
        self.personID = personID
        self.standing = standing
        self.version = version
    }
}
