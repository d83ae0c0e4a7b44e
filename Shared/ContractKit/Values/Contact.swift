import Foundation

/// An email address as a person types it, checked for shape only: what is deliverable, delivery tells.
public struct EmailAddress: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let text = rawValue.trimmingCharacters(in: .whitespaces)
        guard (3...254).contains(text.utf8.count), Self.isAddress(text) else { return nil }
        // The form by which it is known must be an address as well: `＠` becomes a second `@` there.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) || Self.isAddress(text.precomposedStringWithCompatibilityMapping) else { return nil }
        self.rawValue = text
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty else { return false }
        // Anything that could end a header line or an SMTP command is refused here, before it can reach a message.
        let refused = CharacterSet.whitespacesAndNewlines.union(.controlCharacters).union(CharacterSet(charactersIn: "<>()[],;:\\\""))
        guard text.unicodeScalars.allSatisfy({ !refused.contains($0) }) else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && $0.count <= 63 && !$0.hasPrefix("-") && !$0.hasSuffix("-") }
            && !parts[0].hasPrefix(".") && !parts[0].hasSuffix(".") && !parts[0].contains("..")
    }

    /// The form under which two spellings are one address: lower case, composed.
    public var normalized: String { rawValue.precomposedStringWithCompatibilityMapping.lowercased() }

    public static let rule = "must be an email address"
    public static let schema: JSONValue = ["type": "string", "format": "email", "maxLength": 254]
    public static var example: Self { Self(trusted: "ada@example.com") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// A telephone number: digits with an optional leading `+`; spaces, dots, dashes and brackets are accepted and dropped.
public struct PhoneNumber: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let kept = rawValue.filter { !" .-()".contains($0) }
        let digits = kept.hasPrefix("+") ? kept.dropFirst() : kept[...]
        guard rawValue.utf8.count <= 40, (5...15).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        self.rawValue = kept
    }

    public static let rule = "must be a telephone number of 5 to 15 digits"
    public static let schema: JSONValue = ["type": "string", "maxLength": 40]
    public static var example: Self { Self(trusted: "+14165550100") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// An address of the web, as people are to be sent to: `https://example.com/gym`. The product never opens it.
public struct WebAddress: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.utf8.count <= 2048, rawValue.utf8.allSatisfy({ (33...126).contains($0) && !Self.refused.contains($0) }),
            let parts = URLComponents(string: rawValue), parts.scheme == "https" || parts.scheme == "http",
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return nil }
        self.rawValue = rawValue
    }

    // What would end an attribute or an element of a page.
    private static let refused = Set("\"'<>`\\".utf8)

    public static let rule = "must be an http or https address without a password"
    public static let schema: JSONValue = ["type": "string", "format": "uri", "maxLength": 2048]
    public static var example: Self { Self(trusted: "https://iron-temple.example") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// The short name of an organization in addresses and at sign-in: `iron-temple`.
public struct Slug: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard (2...63).contains(rawValue.utf8.count), !rawValue.hasPrefix("-"), !rawValue.hasSuffix("-"),
            rawValue.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
        else { return nil }
        self.rawValue = rawValue
    }

    public static let rule = "must be 2 to 63 lower-case letters, digits and dashes, without a dash at either end"
    public static let schema: JSONValue = [
        "type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])$", "minLength": 2, "maxLength": 63,
    ]
    public static var example: Self { Self(trusted: "iron-temple") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// A password as typed. Never printed: its description is a placeholder.
///
/// 8 to 1,024 bytes of UTF-8; every character counts and nothing is cut off. No rule on which characters: NIST SP 800-63B.
public struct Password: RuledValue, CustomReflectable {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.unicodeScalars.count >= 8, rawValue.utf8.count <= 1024, !rawValue.utf8.contains(0) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { "(password)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
    public static let rule = "must be at least 8 characters and at most 1,024 bytes long"
    public static let schema: JSONValue = ["type": "string", "format": "password", "minLength": 8, "maxLength": 1024]
    public static var example: Self { Self(trusted: "correct horse battery") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// A secret that the product hands out and reads back: refresh tokens, invitation tokens. Never printed.
public struct SecretText: RuledValue, CustomReflectable {
    public let rawValue: String

    public init?(rawValue: String) {
        guard (1...2048).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
    public static let rule = "must be 1 to 2,048 visible ASCII characters"
    public static let schema: JSONValue = ["type": "string", "minLength": 1, "maxLength": 2048]
    public static var example: Self { Self(trusted: "example-secret") }
    private init(trusted: String) { self.rawValue = trusted }
}
