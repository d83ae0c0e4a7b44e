public import ContractKit

/// An organization signed up.
public struct OrganizationCreated: Event, Equatable {
    public static let type = "auth.organization.created.v1"
    public static let summary = "An organization signed up"

    public var organizationID: OrganizationID
    public var name: Line
    public var slug: Slug
    public var kind: OrganizationKind
    public var timeZone: TimeZoneID
    public var currency: CurrencyCode
    /// What billing charges on top, in this order.
    public var taxRates: [Tax]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("organization", organizationID, version: version) }

    public init(
        organizationID: OrganizationID, name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode,
        taxRates: [Tax], version: Int64
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

    /// A tax of the organization: `gst` at `0.05`.
    public struct Tax: Codable, Sendable, Hashable {
        public var code: TaxCode
        public var rate: TaxRate

        public init(code: TaxCode, rate: TaxRate) {
            self.code = code
            self.rate = rate
        }
    }
}
