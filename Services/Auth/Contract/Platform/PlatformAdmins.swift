public import ContractKit
public import Foundation

/// Somebody who runs the installation. Apart from accounts: they are nobody in any organization.
public struct PlatformAdmin: Codable, Sendable, Equatable, Versioned {
    public var id: PlatformAdminID
    public var username: Username
    public var email: EmailAddress
    /// Whoever is not cannot sign in.
    public var isActive: Bool
    public var hasSecondFactor: Bool
    @Nullable public var lastLoginAt: Date?
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: PlatformAdminID, username: Username, email: EmailAddress, isActive: Bool, hasSecondFactor: Bool, lastLoginAt: Date?,
        createdAt: Date, updatedAt: Date, version: Int64
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.isActive = isActive
        self.hasSecondFactor = hasSecondFactor
        self.lastLoginAt = lastLoginAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

public struct ListPlatformAdmins: APIOperation {
    public static let route = Route.get("/v1/platform/admins")
    public static let summary = "Those who run the installation, oldest first"
    public static let access = Access.platform
    public typealias Output = Page<PlatformAdmin>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

public struct CreatePlatformAdmin: APIOperation {
    public static let route = Route.post("/v1/platform/admins")
    public static let summary = "Let somebody run the installation"
    public static let access = Access.platform
    public static let problems: [ProblemKind] = [.usernameTaken, .emailTaken]
    public typealias Output = PlatformAdmin

    public init() {}

    public struct Body: Codable, Sendable {
        public var username: Username
        public var email: EmailAddress
        public var password: Password

        public init(username: Username, email: EmailAddress, password: Password) {
            self.username = username
            self.email = email
            self.password = password
        }
    }
}

public struct UpdatePlatformAdmin: APIOperation {
    public static let route = Route.patch("/v1/platform/admins/{platform_admin_id}")
    public static let summary = "Stop somebody from running the installation, or let them again"
    public static let access = Access.platform
    public static let problems: [ProblemKind] = [.ownStanding]
    public typealias Output = PlatformAdmin

    public var platformAdminID: PlatformAdminID

    public init(platformAdminID: PlatformAdminID) { self.platformAdminID = platformAdminID }

    public struct Body: Codable, Sendable {
        /// Nobody says it of themselves.
        public var isActive: Bool?

        public init(isActive: Bool? = nil) { self.isActive = isActive }
    }
}

/// Of organizations each has its own log, where it finds what was done to it; this is the rest.
public struct ListInstallationAuditLog: APIOperation {
    public static let route = Route.get("/v1/platform/audit-log")
    public static let summary = "List what those did who run the installation, newest first"
    public static let access = Access.platform
    public typealias Output = Page<AuditEntry>

    /// A platform administrator, who is no person of any organization.
    public var actorID: PersonID?
    public var recordType: RecordType?
    /// From this moment on, and before that one.
    public var from: Date?
    public var to: Date?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(
        actorID: PersonID? = nil, recordType: RecordType? = nil, from: Date? = nil, to: Date? = nil, limit: PageLimit? = nil,
        cursor: Cursor? = nil
    ) {
        self.actorID = actorID
        self.recordType = recordType
        self.from = from
        self.to = to
        self.limit = limit
        self.cursor = cursor
    }
}
