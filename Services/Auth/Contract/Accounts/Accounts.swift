public import ContractKit
public import Foundation

/// What the caller signs in with, wherever they are known.
public struct OwnAccount: Codable, Sendable, Equatable {
    public var email: EmailAddress
    /// What they may sign in by as well.
    @Nullable public var username: Username?
    public var emailVerified: Bool
    /// What apps keep with the account; `{}` at first.
    public var metadata: FreeForm
    /// Where the caller may sign in, the last used first.
    public var memberships: [Membership]
    @Nullable public var lastLoginAt: Date?
    public var createdAt: Date

    public init(
        email: EmailAddress, username: Username? = nil, emailVerified: Bool, metadata: FreeForm, memberships: [Membership],
        lastLoginAt: Date?, createdAt: Date
    ) {
        self.email = email
        self.username = username
        self.emailVerified = emailVerified
        self.metadata = metadata
        self.memberships = memberships
        self.lastLoginAt = lastLoginAt
        self.createdAt = createdAt
    }
}

/// Who an account's owner is in one organization.
public struct Membership: Codable, Sendable, Hashable {
    public var organizationID: OrganizationID
    /// What ``Login`` takes as `organization`.
    public var slug: Slug
    public var personID: PersonID
    /// Sorted.
    public var roles: [Role]

    public init(organizationID: OrganizationID, slug: Slug, personID: PersonID, roles: [Role]) {
        self.organizationID = organizationID
        self.slug = slug
        self.personID = personID
        self.roles = roles
    }
}

public struct GetAccount: APIOperation {
    public static let route = Route.get("/v1/account")
    public static let summary = "The caller's account"
    public static let access = Access.signedIn
    public typealias Output = OwnAccount

    public init() {}
}

public struct UpdateAccount: APIOperation {
    public static let route = Route.patch("/v1/account")
    public static let summary = "Change what is kept with the caller's account"
    public static let access = Access.signedIn
    public typealias Output = OwnAccount

    public init() {}

    public struct Body: Codable, Sendable {
        /// In place of what was there.
        public var metadata: FreeForm?

        public init(metadata: FreeForm? = nil) { self.metadata = metadata }
    }
}
