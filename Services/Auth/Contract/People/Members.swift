public import ContractKit

/// Adds a member. With `password` they can sign in at once; without it, and with an email address, they are invited. A trainer who adds
/// one becomes their primary trainer.
public struct CreateMember: APIOperation {
    public static let route = Route.post("/v1/members")
    public static let summary = "Add a member"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public static let problems: [ProblemKind] = [.emailTaken]
    public typealias Output = Person

    public init() {}

    public struct Body: Codable, Sendable {
        public var fullName: Line
        public var email: EmailAddress?
        public var phone: PhoneNumber?
        /// Needs an email address, and one that no account has yet.
        public var password: Password?

        public init(fullName: Line, email: EmailAddress? = nil, phone: PhoneNumber? = nil, password: Password? = nil) {
            self.fullName = fullName
            self.email = email
            self.phone = phone
            self.password = password
        }
    }
}

public struct ListMembers: APIOperation {
    public static let route = Route.get("/v1/members")
    public static let summary = "The members, newest first; trainers see those who are theirs"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer))
    public static let reads: MemberData? = .client
    public typealias Output = Page<Person>

    /// Part of a name, or a whole email address.
    public var query: SearchText?
    /// Only those to whom this trainer is assigned.
    public var trainerID: PersonID?
    /// Only those who are at home there.
    public var locationID: LocationID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(
        query: SearchText? = nil, trainerID: PersonID? = nil, locationID: LocationID? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil
    ) {
        self.query = query
        self.trainerID = trainerID
        self.locationID = locationID
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetMember: APIOperation {
    public static let route = Route.get("/v1/members/{member_id}")
    public static let summary = "One member; trainers see those who are theirs, members themselves"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer), .own(.member))
    public static let reads: MemberData? = .client
    public typealias Output = Person

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}

/// Changes what is given and keeps the rest. The address to sign in with stays: it is the account's.
public struct UpdateMember: APIOperation {
    public static let route = Route.patch("/v1/members/{member_id}")
    public static let summary = "Change a member; trainers change those who are theirs, members themselves"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let problems: [ProblemKind] = [.emailTaken, .hasOtherRoles]
    public typealias Output = Person

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }

    public struct Body: Codable, Sendable {
        public var fullName: Line?
        public var email: EmailAddress?
        public var phone: PhoneNumber?
        /// For staff to say. False ends the login sessions and keeps from signing in.
        public var isActive: Bool?

        public init(fullName: Line? = nil, email: EmailAddress? = nil, phone: PhoneNumber? = nil, isActive: Bool? = nil) {
            self.fullName = fullName
            self.email = email
            self.phone = phone
            self.isActive = isActive
        }
    }
}

/// Hides the member everywhere and ends their login sessions.
public struct DeleteMember: APIOperation {
    public static let route = Route.delete("/v1/members/{member_id}")
    public static let summary = "Remove a member"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.hasOtherRoles]
    public typealias Output = NoContent

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}
