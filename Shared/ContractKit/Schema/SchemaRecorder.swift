/// Reads the JSON schema of `Codable` types off their decoding: a type's `init(from:)` asks for its members by name and
/// type, and the recorder notes what it was asked for.
///
/// Types with rules say their own schema (``Described``); everything else is walked. Named structs become components, so a
/// document says each once.
public struct SchemaRecorder {
    /// The named schemas met so far.
    public private(set) var components: [String: JSONValue] = [:]
    private var types: [String: any Any.Type] = [:]

    /// Which optional members an example has.
    public enum Optionals: Sendable {
        case leftOut, filled
    }
    fileprivate var optionals = Optionals.leftOut
    /// Whether a member that may be left out may be null as well: so it is in what is read, not in what is written.
    public var allowsNull = false

    public init() {}

    /// The schema of `type`, as a reference where it has a component.
    public mutating func schema<T: Decodable>(of type: T.Type) throws -> JSONValue { try record(type).schema }

    /// A valid value of `type`, as small as it can be or with every member.
    public static func example<T: Decodable>(of type: T.Type, optionals: Optionals = .leftOut) throws -> T {
        var recorder = SchemaRecorder()
        recorder.optionals = optionals
        return try recorder.record(type).example
    }

    /// Two types of one name would overwrite each other in a document.
    public struct NameTaken: Error { public let name: String }

    mutating func record<T: Decodable>(_ type: T.Type) throws -> (schema: JSONValue, example: T) {
        if let described = type as? any Described.Type, let example = described.example as? T {
            return (described.schema, example)
        }
        let sheet = Sheet(recorder: self)
        let example = try T(from: RecordingDecoder(sheet: sheet, codingPath: []))
        self = sheet.recorder
        if type is any AlwaysPresent.Type { return (["anyOf": [sheet.schema, ["type": "null"]]], example) }
        guard let name = Self.name(of: type), sheet.isObject else { return (sheet.schema, example) }
        if let known = types[name], known != type { throw NameTaken(name: name) }
        types[name] = type
        components[name] = sheet.schema
        return (["$ref": .string("#/components/schemas/\(name)")], example)
    }

    /// `SchedulingContract.BookSession.Body` is `BookSessionBody`; generic types have no name of their own.
    static func name(of type: any Any.Type) -> String? {
        let full = String(reflecting: type)
        guard !full.contains("<"), !full.contains("(") else { return nil }
        return full.split(separator: ".").dropFirst().joined()
    }
}

/// What one value was asked for.
private final class Sheet {
    var recorder: SchemaRecorder
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
    var element: JSONValue?
    var single: JSONValue?
    var isObject = false

    init(recorder: SchemaRecorder) { self.recorder = recorder }

    var schema: JSONValue {
        if let single { return single }
        if let element { return ["type": "array", "items": element] }
        var members: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        return .object(members)
    }

    func note<T: Decodable>(_ type: T.Type) throws -> (schema: JSONValue, example: T) { try recorder.record(type) }
}

private struct RecordingDecoder: Decoder {
    let sheet: Sheet
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        sheet.isObject = true
        return KeyedDecodingContainer(Keyed<Key>(sheet: sheet, codingPath: codingPath))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(sheet: sheet, codingPath: codingPath) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(sheet: sheet, codingPath: codingPath) }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let sheet: Sheet
    let codingPath: [any CodingKey]
    /// A dictionary asks for its keys; it gets none, and is an object with any members.
    var allKeys: [Key] { [] }
    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (schema, example) = try sheet.note(type)
        let name = WireName.snake(key.stringValue)
        sheet.properties[name] = schema
        sheet.required.append(name)
        return example
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try optional(type, key) }
    // The protocol asks for these one by one, and would have them decode what is not optional.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        let name = WireName.snake(key.stringValue)
        let (schema, example) = try sheet.note(type)
        let isRequired = type is any AlwaysPresent.Type
        sheet.properties[name] = sheet.recorder.allowsNull && !isRequired ? ["anyOf": [schema, ["type": "null"]]] : schema
        if isRequired { sheet.required.append(name) }
        return sheet.recorder.optionals == .filled ? example : nil
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw unsupported("nested containers")
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw unsupported("nested containers") }
    func superDecoder() throws -> any Decoder { throw unsupported("class inheritance") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported("class inheritance") }

    private func unsupported(_ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "no schema for types with \(what)"))
    }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let sheet: Sheet
    let codingPath: [any CodingKey]
    var count: Int? { 1 }
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, example) = try sheet.note(type)
        sheet.element = schema
        currentIndex += 1
        return example
    }
    func nestedContainer<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> { throw unsupported }
    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unsupported }
    func superDecoder() throws -> any Decoder { throw unsupported }

    private var unsupported: DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "no schema for types with nested containers"))
    }
}

private struct Single: SingleValueDecodingContainer {
    let sheet: Sheet
    let codingPath: [any CodingKey]
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, example) = try sheet.note(type)
        sheet.single = schema
        return example
    }
}
