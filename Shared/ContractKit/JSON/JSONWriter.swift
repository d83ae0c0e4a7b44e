import Foundation

/// Writes a value's JSON in one pass, with members named as ``WireName`` says.
///
/// Our own, because Foundation's encoder builds a tree first and asks a closure for each name, with the whole path to it: a page of
/// fifty sessions takes it ten times as long.
struct JSONWriter: Encoder {
    private let out: JSONText
    /// Where this value's own array or object would be open.
    private let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func encode(_ value: some Encodable) throws -> Data {
        let out = JSONText()
        try JSONWriter(out: out, depth: 0).write(value)
        return Data(out.bytes)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        out.open(.object, at: depth)
        return KeyedEncodingContainer(Members<Key>(out: out, depth: depth + 1, keysAreWritten: DictionaryKeys.are(type)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        out.open(.array, at: depth)
        return Elements(out: out, depth: depth + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(out: out, depth: depth) }

    /// Writes a value that may be any, and ends what it opened.
    fileprivate func write<T: Encodable>(_ value: T) throws {
        if T.self == String.self, let text = value as? String { return out.text(text) }
        if T.self == Date.self, let date = value as? Date { return out.moment(date) }
        if T.self == Data.self, let data = value as? Data { return out.text(data.base64EncodedString()) }
        if T.self == JSONValue.self, let document = value as? JSONValue { return try out.document(document) }
        if T.self == URL.self, let url = value as? URL { return out.text(url.absoluteString) }
        let before = out.count
        try value.encode(to: self)
        // A type without members writes nothing at all.
        if out.count == before { out.open(.object, at: depth) }
        out.close(to: depth)
    }

    fileprivate init(out: JSONText, depth: Int) {
        self.out = out
        self.depth = depth
    }
}

/// The members of an object. `depth` counts the object itself.
private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let out: JSONText
    let depth: Int
    /// A dictionary's keys are data, not names.
    let keysAreWritten: Bool
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) -> JSONWriter {
        out.member(key.stringValue, isWritten: keysAreWritten, in: depth)
        return JSONWriter(out: out, depth: depth)
    }

    mutating func encodeNil(forKey key: Key) throws {
        _ = begin(key)
        out.null()
    }
    mutating func encode(_ value: Bool, forKey key: Key) throws {
        _ = begin(key)
        out.bool(value)
    }
    mutating func encode(_ value: String, forKey key: Key) throws {
        _ = begin(key)
        out.text(value)
    }
    mutating func encode(_ value: Int, forKey key: Key) throws {
        _ = begin(key)
        out.integer(value)
    }
    mutating func encode(_ value: Int64, forKey key: Key) throws {
        _ = begin(key)
        out.integer(value)
    }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try begin(key).write(value) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        begin(key).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { begin(key).unkeyedContainer() }
    mutating func superEncoder() -> any Encoder {
        out.member("super", isWritten: true, in: depth)
        return JSONWriter(out: out, depth: depth)
    }
    mutating func superEncoder(forKey key: Key) -> any Encoder { begin(key) }
}

/// The elements of an array. `depth` counts the array itself.
private struct Elements: UnkeyedEncodingContainer {
    let out: JSONText
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { [] }

    init(out: JSONText, depth: Int) {
        self.out = out
        self.depth = depth
    }

    private mutating func begin() -> JSONWriter {
        count += 1
        out.element(in: depth)
        return JSONWriter(out: out, depth: depth)
    }

    mutating func encodeNil() throws {
        _ = begin()
        out.null()
    }
    mutating func encode<T: Encodable>(_ value: T) throws { try begin().write(value) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { begin().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { begin() }
}

/// One value without members.
private struct Single: SingleValueEncodingContainer {
    let out: JSONText
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws { out.null() }
    mutating func encode(_ value: Bool) throws { out.bool(value) }
    mutating func encode(_ value: String) throws { out.text(value) }
    mutating func encode(_ value: Double) throws { try out.number(value) }
    mutating func encode(_ value: Float) throws { try out.number(value) }
    mutating func encode(_ value: Int) throws { out.integer(value) }
    mutating func encode(_ value: Int8) throws { out.integer(value) }
    mutating func encode(_ value: Int16) throws { out.integer(value) }
    mutating func encode(_ value: Int32) throws { out.integer(value) }
    mutating func encode(_ value: Int64) throws { out.integer(value) }
    mutating func encode(_ value: UInt) throws { out.integer(value) }
    mutating func encode(_ value: UInt8) throws { out.integer(value) }
    mutating func encode(_ value: UInt16) throws { out.integer(value) }
    mutating func encode(_ value: UInt32) throws { out.integer(value) }
    mutating func encode(_ value: UInt64) throws { out.integer(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try JSONWriter(out: out, depth: depth).write(value) }
}

/// Tells the keys of a `Dictionary` from a type's names: the standard library has a private type for them, which it shows to the
/// encoder that it writes a dictionary to.
enum DictionaryKeys {
    static func are(_ key: any CodingKey.Type) -> Bool { ObjectIdentifier(key) == type }

    private static let type: ObjectIdentifier? = {
        let witness = Witness()
        try? ["": 0].encode(to: witness)
        return witness.seen
    }()

    private final class Witness: Encoder {
        var seen: ObjectIdentifier?
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            seen = ObjectIdentifier(type)
            let out = JSONText()
            out.open(.object, at: 0)
            return KeyedEncodingContainer(Members<Key>(out: out, depth: 1, keysAreWritten: true))
        }
        func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONWriter(out: JSONText(), depth: 0).unkeyedContainer() }
        func singleValueContainer() -> any SingleValueEncodingContainer { JSONWriter(out: JSONText(), depth: 0).singleValueContainer() }
    }
}
