public import ContractKit
public import Foundation

/// An organization as those inside it see it.
public struct Organization: Codable, Sendable, Equatable, Versioned {
    public var id: OrganizationID
    public var name: Line
    public var slug: Slug
    public var kind: OrganizationKind
    /// Of everything that is no single location's; locations without a zone of their own move with it.
    public var timeZone: TimeZoneID
    public var currency: CurrencyCode
    /// What billing charges on top, in this order.
    public var taxRates: [OrganizationCreated.Tax]
    @Nullable public var contact: OrganizationContact?
    public var socialLinks: [SocialLink]
    /// Whoever comes by it signs in here.
    @Nullable public var domain: HostName?
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: OrganizationID, name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode,
        taxRates: [OrganizationCreated.Tax], contact: OrganizationContact? = nil, socialLinks: [SocialLink] = [], domain: HostName? = nil,
        createdAt: Date, updatedAt: Date? = nil, version: Int64 = 1
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.kind = kind
        self.timeZone = timeZone
        self.currency = currency
        self.taxRates = taxRates
        self.contact = contact
        self.socialLinks = socialLinks
        self.domain = domain
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.version = version
    }
}

/// Signs up: the organization, its owner with an account, and a first location, at once.
public struct CreateOrganization: APIOperation {
    public static let route = Route.post("/v1/organizations")
    public static let summary = "Sign up an organization and its owner"
    public static let access = Access.everyone
    public static let problems: [ProblemKind] = [.signupsClosed, .slugTaken, .emailTaken, .domainTaken]

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
        public var contact: OrganizationContact?
        /// At most twenty.
        public var socialLinks: [SocialLink]?
        public var domain: HostName?

        public init(
            name: Line, slug: Slug, kind: OrganizationKind, timeZone: TimeZoneID, currency: CurrencyCode, owner: Owner,
            taxRates: [OrganizationCreated.Tax]? = nil, contact: OrganizationContact? = nil, socialLinks: [SocialLink]? = nil,
            domain: HostName? = nil
        ) {
            self.name = name
            self.slug = slug
            self.kind = kind
            self.timeZone = timeZone
            self.currency = currency
            self.owner = owner
            self.taxRates = taxRates
            self.contact = contact
            self.socialLinks = socialLinks
            self.domain = domain
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

/// Changes what it gives and leaves the rest. Another time zone is also that of the locations that have none of their own.
public struct UpdateOrganization: APIOperation {
    public static let route = Route.patch("/v1/organization")
    public static let summary = "Change the caller's organization"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let problems: [ProblemKind] = [.domainTaken]
    public typealias Output = Organization

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line?
        public var timeZone: TimeZoneID?
        public var contact: OrganizationContact?
        /// All of them, at most twenty, in place of those before.
        public var socialLinks: [SocialLink]?
        public var domain: HostName?

        public init(
            name: Line? = nil, timeZone: TimeZoneID? = nil, contact: OrganizationContact? = nil, socialLinks: [SocialLink]? = nil,
            domain: HostName? = nil
        ) {
            self.name = name
            self.timeZone = timeZone
            self.contact = contact
            self.socialLinks = socialLinks
            self.domain = domain
        }
    }
}

/// Gives the domain up: another organization may take it.
public struct RemoveDomain: APIOperation {
    public static let route = Route.delete("/v1/organization/domain")
    public static let summary = "Give up the organization's domain"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let success = 200
    public typealias Output = Organization

    public init() {}
}

/// Hides the organization from everyone, and refuses its people. Whoever runs the installation can take it back for thirty days.
public struct DeleteOrganization: APIOperation {
    public static let route = Route.delete("/v1/organization")
    public static let summary = "Delete the caller's organization"
    public static let access = Access.any(.own(.owner))
    public static let needsFreshSignIn = true
    public typealias Output = NoContent

    public init() {}
}
