import Foundation

/// Path and query parameters as a `Codable` value's members, both ways: services decode requests with it, the SDK encodes.
public enum Parameters {
    /// - Throws: `DecodingError` that names the parameter.
    public static func decode<T: Decodable>(_ type: T.Type, from values: [String: String]) throws -> T {
        try T(from: ParameterDecoder(values: values))
    }

    /// Members that are nil are left out.
    public static func encode(_ value: some Encodable) throws -> [String: String] {
        let encoder = ParameterEncoder()
        try value.encode(to: encoder)
        return encoder.values
    }
}

private struct ParameterDecoder: Decoder {
    let values: [String: String]
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members<Key>(values: values))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notParameters([]) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw notParameters([]) }
}

private func notParameters(_ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: "parameters are single values"))
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let values: [String: String]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { values.keys.compactMap { Key(stringValue: WireName.camel($0)) } }

    private func value(_ key: Key) -> String? { values[WireName.snake(key.stringValue)] }
    func contains(_ key: Key) -> Bool { value(key) != nil }
    func decodeNil(forKey key: Key) -> Bool { value(key) == nil }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let text = value(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "is missing"))
        }
        if type == Date.self {
            guard let date = Moment.date(text) as? T else {
                throw DecodingError.dataCorrupted(.init(codingPath: [key], debugDescription: Moment.rule))
            }
            return date
        }
        return try T(from: ScalarDecoder(text: text, codingPath: [key]))
    }

    func nestedContainer<N: CodingKey>(keyedBy: N.Type, forKey key: Key) throws -> KeyedDecodingContainer<N> { throw notParameters([key]) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw notParameters([key]) }
    func superDecoder() throws -> any Decoder { throw notParameters([]) }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw notParameters([key]) }
}

private struct ScalarDecoder: Decoder, SingleValueDecodingContainer {
    let text: String
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> { throw notParameters(codingPath) }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notParameters(codingPath) }
    func singleValueContainer() -> any SingleValueDecodingContainer { self }
    func decodeNil() -> Bool { false }

    private func parsed<T>(_ value: T?, _ rule: String) throws -> T {
        guard let value else { throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: rule)) }
        return value
    }
    func decode(_ type: String.Type) throws -> String { text }
    func decode(_ type: Bool.Type) throws -> Bool { try parsed(Bool(text), "must be true or false") }
    func decode(_ type: Int.Type) throws -> Int { try parsed(Int(text), "must be a whole number") }
    func decode(_ type: Int64.Type) throws -> Int64 { try parsed(Int64(text), "must be a whole number") }
    func decode(_ type: Double.Type) throws -> Double { try parsed(Double(text), "must be a number") }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }
}

private final class ParameterEncoder: Encoder {
    var values: [String: String] = [:]
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Writer<Key>(encoder: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("parameters are single values") }
    func singleValueContainer() -> any SingleValueEncodingContainer { preconditionFailure("parameters are single values") }
}

private struct Writer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ParameterEncoder
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) {}
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let text: String
        if let date = value as? Date {
            text = Moment.text(date)
        } else {
            // A scalar's JSON is its text, in quotes when it is a string.
            guard let scalar = try JSONScalar.text(of: value) else {
                throw EncodingError.invalidValue(value, .init(codingPath: [key], debugDescription: "parameters are single values"))
            }
            text = scalar
        }
        encoder.values[WireName.snake(key.stringValue)] = text
    }
    mutating func nestedContainer<N: CodingKey>(keyedBy: N.Type, forKey key: Key) -> KeyedEncodingContainer<N> {
        preconditionFailure("parameters are single values")
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        preconditionFailure("parameters are single values")
    }
    mutating func superEncoder() -> any Encoder { encoder }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

private enum JSONScalar {
    static func text(of value: some Encodable) throws -> String? {
        switch try JSON.decode(JSONValue.self, from: JSON.encode(value)) {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): String(flag)
        case .null, .array, .object: nil
        }
    }
}
