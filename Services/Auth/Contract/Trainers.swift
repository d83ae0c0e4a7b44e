public import ContractKit
public import Foundation

/// A trainer. Their email address and telephone number are null for callers who may not read people.
public struct Trainer: Codable, Sendable, Equatable, Versioned {
    public var id: PersonID
    public var fullName: Line
    @Nullable public var email: EmailAddress?
    @Nullable public var phone: PhoneNumber?
    /// Sorted.
    public var roles: [Role]
    public var specializations: [Line]
    public var hasAccount: Bool
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: PersonID, fullName: Line, email: EmailAddress?, phone: PhoneNumber?, roles: [Role], specializations: [Line],
        hasAccount: Bool, createdAt: Date, updatedAt: Date, version: Int64
    ) {
        self.id = id
        self.fullName = fullName
        self.email = email
        self.phone = phone
        self.roles = roles
        self.specializations = specializations
        self.hasAccount = hasAccount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

/// Adds a trainer. With `password` they can sign in at once; without it they are invited.
public struct CreateTrainer: APIOperation {
    public static let route = Route.post("/v1/trainers")
    public static let summary = "Add a trainer"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.emailTaken]
    public typealias Output = Trainer

    public init() {}

    public struct Body: Codable, Sendable {
        public var fullName: Line
        public var email: EmailAddress
        public var phone: PhoneNumber?
        /// At most fifty.
        public var specializations: [Line]?
        /// Needs an email address that no account has yet.
        public var password: Password?

        public init(
            fullName: Line, email: EmailAddress, phone: PhoneNumber? = nil, specializations: [Line]? = nil, password: Password? = nil
        ) {
            self.fullName = fullName
            self.email = email
            self.phone = phone
            self.specializations = specializations
            self.password = password
        }
    }
}

public struct ListTrainers: APIOperation {
    public static let route = Route.get("/v1/trainers")
    public static let summary = "The trainers, newest first"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Page<Trainer>

    /// Part of a name, or a whole email address.
    public var query: SearchText?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(query: SearchText? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetTrainer: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}")
    public static let summary = "One trainer"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Trainer

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}
