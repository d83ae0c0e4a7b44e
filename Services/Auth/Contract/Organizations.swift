public import ContractKit
public import Foundation

/// An organization as those inside it see it.
public struct Organization: Codable, Sendable, Equatable, Versioned {
    public var id: OrganizationID
    public var name: Line
    public var slug: Slug
    public var kind: OrganizationKind
    public var timeZone: TimeZoneID
    public var currency: CurrencyCode
    /// What billing charges on top, in this order.
    public var taxRates: [OrganizationCreated.Tax]
    public var createdAt: Date
    public var version: Int64

    public init(
        id: OrganizationID, name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode,
        taxRates: [OrganizationCreated.Tax], createdAt: Date, version: Int64
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.kind = kind
        self.timeZone = timeZone
        self.currency = currency
        self.taxRates = taxRates
        self.createdAt = createdAt
        self.version = version
    }
}

/// Signs up: the organization, its owner with an account, and a first location, at once.
public struct CreateOrganization: APIOperation {
    public static let route = Route.post("/v1/organizations")
    public static let summary = "Sign up an organization and its owner"
    public static let access = Access.everyone
    public static let problems: [ProblemKind] = [.slugTaken, .emailTaken]

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line
        public var slug: Slug
        public var kind: OrganizationKind
        public var timeZone: TimeZoneID
        public var currency: CurrencyCode
        public var owner: Owner
        /// At most ten, each code once.
        public var taxRates: [OrganizationCreated.Tax]?

        public init(
            name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode, owner: Owner,
            taxRates: [OrganizationCreated.Tax]? = nil
        ) {
            self.name = name
            self.slug = slug
            self.kind = kind
            self.timeZone = timeZone
            self.currency = currency
            self.owner = owner
            self.taxRates = taxRates
        }
    }

    public struct Owner: Codable, Sendable {
        public var fullName: Line
        public var email: EmailAddress
        public var password: Password

        public init(fullName: Line, email: EmailAddress, password: Password) {
            self.fullName = fullName
            self.email = email
            self.password = password
        }
    }

    public struct Output: Codable, Sendable {
        public var organization: Organization
        public var owner: Person
        public var location: Location
        public var tokens: Tokens

        public init(organization: Organization, owner: Person, location: Location, tokens: Tokens) {
            self.organization = organization
            self.owner = owner
            self.location = location
            self.tokens = tokens
        }
    }
}

public struct GetOrganization: APIOperation {
    public static let route = Route.get("/v1/organization")
    public static let summary = "The caller's organization"
    public static let access = Access.signedIn
    public typealias Output = Organization

    public init() {}
}
