public import ContractKit
public import Foundation

/// A human inside one organization.
public struct Person: Codable, Sendable, Equatable, Versioned {
    public var id: PersonID
    public var fullName: Line
    @Nullable public var email: EmailAddress?
    @Nullable public var phone: PhoneNumber?
    /// Sorted.
    public var roles: [Role]
    /// The locations at which alone they work; empty for everywhere.
    public var locationIDs: [LocationID]
    /// Whether they can sign in.
    public var hasAccount: Bool
    /// Whoever is not cannot sign in, book or be booked.
    public var isActive: Bool
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: PersonID, fullName: Line, email: EmailAddress?, phone: PhoneNumber?, roles: [Role], locationIDs: [LocationID] = [],
        hasAccount: Bool, isActive: Bool, createdAt: Date, updatedAt: Date, version: Int64
    ) {
        self.id = id
        self.fullName = fullName
        self.email = email
        self.phone = phone
        self.roles = roles
        self.locationIDs = locationIDs
        self.hasAccount = hasAccount
        self.isActive = isActive
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

extension Person: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(id)] }
}

public struct GetMe: APIOperation {
    public static let route = Route.get("/v1/me")
    public static let summary = "Who is calling, where and as what"
    public static let access = Access.signedIn
    public static let servesEnrolment = true

    public init() {}

    public struct Output: Codable, Sendable {
        public var person: Person
        public var organization: Organization
        public var roles: [Role]
        public var loginSessionID: LoginSessionID
        /// Whether somebody has proved to read mail at the address that the account signs in with.
        public var emailVerified: Bool
        /// When the account last signed in, to whichever organization.
        @Nullable public var lastLoginAt: Date?
        /// What they may sign in by, beside their address.
        @Nullable public var username: Username?
        @Nullable public var bio: Paragraph?
        @Nullable public var profilePhotoURL: WebAddress?

        public init(
            person: Person, organization: Organization, roles: [Role], loginSessionID: LoginSessionID, emailVerified: Bool,
            lastLoginAt: Date?, username: Username? = nil, bio: Paragraph? = nil, profilePhotoURL: WebAddress? = nil
        ) {
            self.person = person
            self.organization = organization
            self.roles = roles
            self.loginSessionID = loginSessionID
            self.emailVerified = emailVerified
            self.lastLoginAt = lastLoginAt
            self.username = username
            self.bio = bio
            self.profilePhotoURL = profilePhotoURL
        }
    }
}

/// What the caller says of themselves in this organization, in place of what they said before. What trainers say as such is in their trainer's
/// profile.
public struct PutOwnProfile: APIOperation {
    public static let route = Route.put("/v1/me/profile")
    public static let summary = "Say who the caller is"
    public static let access = Access.signedIn
    public typealias Output = GetMe.Output

    public init() {}

    public struct Body: Codable, Sendable {
        public var fullName: Line
        public var bio: Paragraph?
        /// The product never opens it.
        public var profilePhotoURL: WebAddress?

        public init(fullName: Line, bio: Paragraph? = nil, profilePhotoURL: WebAddress? = nil) {
            self.fullName = fullName
            self.bio = bio
            self.profilePhotoURL = profilePhotoURL
        }
    }
}

extension GetPerson.Output: ShowsMembers {
    public var shown: [ShownMember] { roles.contains(.member) ? [ShownMember(id)] : [] }
}

/// Names somebody, also once they were removed: what they did stays, and names them by their id.
public struct GetPerson: APIOperation {
    public static let route = Route.get("/v1/people/{person_id}")
    public static let summary = "Who a person is, also once they were removed"
    public static let access = Access.any(.staff(.readPeople))
    public static let reads: MemberData? = .client

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }

    public struct Output: Codable, Sendable, Equatable {
        public var id: PersonID
        public var fullName: Line
        /// Sorted; of a removed person those that they had.
        public var roles: [Role]
        public var isRemoved: Bool
        /// Who they turned out to be, and are now.
        @Nullable public var mergedInto: PersonID?

        public init(id: PersonID, fullName: Line, roles: [Role], isRemoved: Bool, mergedInto: PersonID? = nil) {
            self.id = id
            self.fullName = fullName
            self.roles = roles
            self.isRemoved = isRemoved
            self.mergedInto = mergedInto
        }
    }
}
