public import ContractKit
public import Foundation

/// What a login session runs on, as far as the client says.
public enum DeviceType: String, Words {
    case phone, tablet, desktop, unknown
}

/// Something that was done in a login session.
public struct RecentAction: Codable, Sendable, Equatable {
    /// The operation, by its name in the API's document: `UpdateMember`.
    public var operation: String
    public var at: Date

    public init(operation: String, at: Date) {
        self.operation = operation
        self.at = at
    }
}

/// One sign-in on one device, until it is ended or runs out.
public struct LoginSession: Codable, Sendable, Equatable {
    public var id: LoginSessionID
    /// What the client called itself, shortened to what a person recognizes: `Firefox on Linux`.
    public var device: String
    public var deviceType: DeviceType
    /// The browser, or what an app calls itself.
    @Nullable public var browser: String?
    @Nullable public var os: String?
    /// Where it was last seen from.
    public var address: String
    public var createdAt: Date
    /// To within a few minutes: moved by each refresh, and by what is in ``recentActions``.
    public var lastSeenAt: Date
    public var expiresAt: Date
    /// Whether it is the one this very call was made in.
    public var isCurrent: Bool
    /// Whether both factors were given in it.
    public var hasSecondFactor: Bool
    /// The last five things that this service logged of it, newest first: changes, and looks at members' data.
    public var recentActions: [RecentAction]

    public init(
        id: LoginSessionID, device: String, deviceType: DeviceType, browser: String?, os: String?, address: String, createdAt: Date,
        lastSeenAt: Date, expiresAt: Date, isCurrent: Bool,
        hasSecondFactor: Bool = false, recentActions: [RecentAction] = []
    ) {
        self.id = id
        self.device = device
        self.deviceType = deviceType
        self.browser = browser
        self.os = os
        self.address = address
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.isCurrent = isCurrent
        self.hasSecondFactor = hasSecondFactor
        self.recentActions = recentActions
    }
}

public struct ListLoginSessions: APIOperation {
    public static let route = Route.get("/v1/auth/sessions")
    public static let summary = "Where the caller is signed in, newest first"
    public static let access = Access.signedIn
    public typealias Output = Page<LoginSession>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

public struct EndLoginSession: APIOperation {
    public static let route = Route.delete("/v1/auth/sessions/{login_session_id}")
    public static let summary = "Sign out one of the caller's devices"
    public static let access = Access.signedIn
    public typealias Output = NoContent

    public var loginSessionID: LoginSessionID

    public init(loginSessionID: LoginSessionID) { self.loginSessionID = loginSessionID }
}

/// In every organization that the account is known in. The login session of this very call goes on.
public struct EndOtherLoginSessions: APIOperation {
    public static let route = Route.delete("/v1/auth/sessions")
    public static let summary = "Sign out all of the caller's other devices"
    public static let access = Access.signedIn
    public typealias Output = NoContent

    public init() {}
}

/// For a lost telephone, or somebody who leaves. An owner's are ended by an owner only.
public struct EndLoginSessionsOfPerson: APIOperation {
    public static let route = Route.delete("/v1/people/{person_id}/sessions")
    public static let summary = "Sign out a person of the organization everywhere"
    public static let access = Access.any(.staff(.managePeople))
    public static let needsFreshSignIn = true
    public typealias Output = NoContent

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}
