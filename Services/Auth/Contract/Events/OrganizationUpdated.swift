public import ContractKit

/// An organization was changed; carries the whole state that other services may know.
public struct OrganizationUpdated: Event, Equatable {
    public static let type = "auth.organization.updated.v1"
    public static let summary = "An organization was changed; carries the whole state that other services may know"

    public var organizationID: OrganizationID
    public var name: Line
    public var slug: Slug
    public var kind: OrganizationKind
    public var timeZone: TimeZoneID
    public var currency: CurrencyCode
    /// What billing charges on top, in this order.
    public var taxRates: [OrganizationCreated.Tax]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("organization", organizationID, version: version) }

    public init(
        organizationID: OrganizationID, name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode,
        taxRates: [OrganizationCreated.Tax], version: Int64
    ) {
        self.organizationID = organizationID
        self.name = name
        self.slug = slug
        self.kind = kind
        self.timeZone = timeZone
        self.currency = currency
        self.taxRates = taxRates
        self.version = version
    }
}
