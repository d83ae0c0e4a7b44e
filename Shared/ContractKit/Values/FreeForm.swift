import Foundation

/// What a client keeps with a thing and nobody else reads: any JSON object of at most 16 KiB without U+0000, given
/// back as it came.
public struct FreeForm: RuledValue {
    public static let limit = 16 * 1024
    public static let empty = Self(trusted: [:])

    public let rawValue: JSONValue

    public init?(rawValue: JSONValue) {
        guard case .object = rawValue, Self.isKept(rawValue), let text = try? JSON.encode(rawValue), text.count <= Self.limit else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// PostgreSQL keeps every character but this one.
    private static func isKept(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): !text.utf8.contains(0)
        case .array(let elements): elements.allSatisfy(isKept)
        case .object(let members): members.allSatisfy { !$0.key.utf8.contains(0) && isKept($0.value) }
        default: true
        }
    }

    public static let rule = "must be an object of at most 16 KiB, without U+0000"
    public static let schema: JSONValue = ["type": "object", "additionalProperties": true]
    public static var example: Self { Self(trusted: ["colour": "green"]) }
    private init(trusted: JSONValue) { rawValue = trusted }
}
