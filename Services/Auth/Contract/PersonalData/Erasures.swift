public import ContractKit
public import Foundation

public enum ErasingService: String, Words {
    case auth, scheduling, workouts, billing, notifications
}

/// A person is being erased, or was: what each service has done, and what stays.
public struct ErasureRequest: Codable, Sendable, Equatable, Versioned {
    public var id: ErasureRequestID
    public var personID: PersonID
    /// Null when it was the person, or somebody who was erased since.
    @Nullable public var requestedBy: PersonID?
    public var createdAt: Date
    /// When the last of the services had done so: from then on nothing that was encrypted for the person can be read, backups included.
    @Nullable public var finishedAt: Date?
    public var services: [ErasurePart]
    public var version: Int64

    public init(
        id: ErasureRequestID, personID: PersonID, requestedBy: PersonID?, createdAt: Date, finishedAt: Date?, services: [ErasurePart],
        version: Int64
    ) {
        self.id = id
        self.personID = personID
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.services = services
        self.version = version
    }
}

/// What one service did.
public struct ErasurePart: Codable, Sendable, Equatable {
    public var service: ErasingService
    /// Null until the service has answered; it is waited for as long as it takes.
    @Nullable public var erasedAt: Date?
    /// What became of the person's rows. What stays says why.
    public var deeds: [ErasureDeed]

    public init(service: ErasingService, erasedAt: Date?, deeds: [ErasureDeed]) {
        self.service = service
        self.erasedAt = erasedAt
        self.deeds = deeds
    }
}

/// Removes a person at once, and has every service erase what it holds of them. It cannot be undone. Takes a fresh sign-in. Whoever has
/// people in other organizations stays there; the account goes with the last of them.
public struct ErasePerson: APIOperation {
    public static let route = Route.post("/v1/people/{person_id}/erasure-requests")
    public static let summary = "Erase a person for good; trainers and members erase themselves"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let success = 202
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public static let problems: [ProblemKind] = [.ownsOrganization]
    public typealias Output = ErasureRequest

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}

/// Erases the caller wherever their account is known, and the account. Takes a fresh sign-in.
public struct EraseAccount: APIOperation {
    public static let route = Route.post("/v1/account/erasure-requests")
    public static let summary = "Erase the caller in every organization, with their account"
    public static let access = Access.signedIn
    public static let success = 202
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public static let problems: [ProblemKind] = [.ownsOrganization]

    public init() {}

    public struct Output: Codable, Sendable, Equatable {
        /// One for each organization.
        public var data: [ErasureRequest]

        public init(data: [ErasureRequest]) { self.data = data }
    }
}

public struct ListErasureRequests: APIOperation {
    public static let route = Route.get("/v1/erasure-requests")
    public static let summary = "Who was to be erased, the last first, and what became of it"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Page<ErasureRequest>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetErasureRequest: APIOperation {
    public static let route = Route.get("/v1/erasure-requests/{erasure_request_id}")
    public static let summary = "How far an erasure is, and what stays of the person"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = ErasureRequest

    public var erasureRequestID: ErasureRequestID

    public init(erasureRequestID: ErasureRequestID) { self.erasureRequestID = erasureRequestID }
}
