/// What a limited access token may be used for: `scheduling:read`, `scheduling:write` or `scheduling:BookSession`.
///
/// Nobody keeps a list of them: a declared operation is covered by its service's word for reading or writing, and by its own name.
public struct KeyScope: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let parts = rawValue.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard rawValue.utf8.count <= 64, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            parts[0].allSatisfy({ (97...122).contains($0) }),
            parts[1].allSatisfy({ (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// Where a client gets a limited token.
    public static let tokenPath = "/v1/oauth/token"

    public static let rule = "must be a service with read, write or the name of an operation, such as scheduling:read"
    public static let schema: JSONValue = ["type": "string", "pattern": "^[a-z]+:[A-Za-z0-9]+$", "maxLength": 64]
    public static var example: Self { Self(trusted: "scheduling:read") }
    private init(trusted: String) { rawValue = trusted }
}

/// Scopes as OAuth has them, with spaces between: 1 to 30.
public struct KeyScopes: RuledValue {
    public static let most = 30

    public let rawValue: String
    public let scopes: [KeyScope]

    public init?(rawValue: String) {
        let words = rawValue.split(separator: " ", omittingEmptySubsequences: false)
        let scopes = words.prefix(Self.most).compactMap { KeyScope(rawValue: String($0)) }
        guard scopes.count == words.count else { return nil }
        (self.rawValue, self.scopes) = (rawValue, scopes)
    }

    public static let rule = "must be 1 to \(most) scopes with one space between them"
    public static let schema: JSONValue = ["type": "string", "minLength": 3, "maxLength": .int(most * 65 - 1)]
    public static var example: Self { Self(trusted: .example) }
    private init(trusted: KeyScope) { (rawValue, scopes) = (trusted.rawValue, [trusted]) }
}

extension APIOperation {
    /// The scopes that cover it, where `service` declares it; none where no limited token will do.
    public static func scopes(in service: String) -> [String] {
        guard takesKeys else { return [] }
        return ["\(service):\(route.method.writes ? "write" : "read")", "\(service):\(name)"]
    }
}
