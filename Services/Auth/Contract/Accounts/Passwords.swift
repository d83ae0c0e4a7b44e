public import ContractKit

/// A password as entered at sign-in. Whatever rules new passwords have, an old or mistyped one is wrong, not invalid: 1 to
/// 1,024 bytes of UTF-8. Never printed.
public struct EnteredPassword: RuledValue, CustomReflectable {
    public let rawValue: String

    public init?(rawValue: String) {
        guard (1...1024).contains(rawValue.utf8.count), !rawValue.utf8.contains(0) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { "(password)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
    public static let rule = "must be 1 to 1,024 bytes long"
    public static let schema: JSONValue = ["type": "string", "format": "password", "minLength": 1, "maxLength": 1024]
    public static var example: Self { Self(trusted: "correct horse battery") }
    private init(trusted: String) { rawValue = trusted }
}
