public import ContractKit
public import Foundation

/// One sign-in on one device, until it is ended or runs out.
public struct LoginSession: Codable, Sendable, Equatable {
    public var id: LoginSessionID
    /// What the client called itself, shortened to what a person recognizes: `Firefox on Linux`.
    public var device: String
    /// Where it was last seen from.
    public var address: String
    public var createdAt: Date
    /// To within a few minutes: moved by each refresh.
    public var lastSeenAt: Date
    public var expiresAt: Date
    /// Whether it is the one this very call was made in.
    public var isCurrent: Bool

    public init(
        id: LoginSessionID, device: String, address: String, createdAt: Date, lastSeenAt: Date, expiresAt: Date, isCurrent: Bool
    ) {
        self.id = id
        self.device = device
        self.address = address
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.isCurrent = isCurrent
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
