public import ContractKit

/// What somebody may sign in by instead of an email address: 3 to 60 small letters, digits, `-` and `_`.
public struct Username: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard (3...60).contains(rawValue.utf8.count), let first = rawValue.utf8.first, Self.isWord(first),
            rawValue.utf8.allSatisfy({ Self.isWord($0) || $0 == 45 || $0 == 95 })
        else { return nil }
        self.rawValue = rawValue
    }

    private static func isWord(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }

    public static let rule = "must be 3 to 60 small letters, digits, dashes and underscores, beginning with a letter or digit"
    public static let schema: JSONValue = ["type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{2,59}$", "minLength": 3, "maxLength": 60]
    public static var example: Self { Self(trusted: "ada-admin") }
    private init(trusted: String) { rawValue = trusted }
}

/// Nobody else has it, in whatever organization. In place of the one before, which is free for others then.
public struct SetUsername: APIOperation {
    public static let route = Route.put("/v1/auth/username")
    public static let summary = "Choose a name to sign in by, beside the email address"
    public static let access = Access.signedIn
    public static let problems: [ProblemKind] = [.usernameTaken]
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        public var username: Username

        public init(username: Username) { self.username = username }
    }
}

public struct RemoveUsername: APIOperation {
    public static let route = Route.delete("/v1/auth/username")
    public static let summary = "Sign in by the email address alone"
    public static let access = Access.signedIn
    public typealias Output = NoContent

    public init() {}
}
