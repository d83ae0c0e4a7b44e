public import Foundation

/// A type that states its JSON schema and one valid value, instead of having them read off its `Codable` shape.
public protocol Described {
    static var schema: JSONValue { get }
    /// A value that decodes: the schema recorder hands it to the types that contain this one.
    static var example: Self { get }
}

/// An enumeration of words: `"confirmed"`, `"waitlisted"`. Decoding another word is a 422 that lists the words.
public protocol Words: RawRepresentable<String>, CaseIterable, Codable, Hashable, Sendable, Described {}

extension Words {
    public static var schema: JSONValue { ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })] }

    public static var example: Self {
        guard let first = allCases.first else { preconditionFailure("\(Self.self) has no words") }
        return first
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        var rule: String { "must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))" }
        guard let value = Self(rawValue: try container.decode(String.self, saying: rule)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: rule)
        }
        self = value
    }
}

extension String: Described {
    public static var schema: JSONValue { ["type": "string"] }
    public static var example: String { "text" }
}

extension Bool: Described {
    public static var schema: JSONValue { ["type": "boolean"] }
    public static var example: Bool { true }
}

extension Int: Described {
    public static var schema: JSONValue { ["type": "integer"] }
    public static var example: Int { 1 }
}

extension Int64: Described {
    public static var schema: JSONValue { ["type": "integer", "format": "int64"] }
    public static var example: Int64 { 1 }
}

extension Double: Described {
    public static var schema: JSONValue { ["type": "number"] }
    public static var example: Double { 1 }
}

extension Date: Described {
    public static var schema: JSONValue { ["type": "string", "format": "date-time"] }
    public static var example: Date { Date(timeIntervalSince1970: 1_772_359_200) }
}

extension UUID: Described {
    public static var schema: JSONValue { ["type": "string", "format": "uuid"] }
    public static var example: UUID { OrganizationID.example.rawValue }
}

extension JSONValue: Described {
    public static var schema: JSONValue { [:] }
    public static var example: JSONValue { [:] }
}
