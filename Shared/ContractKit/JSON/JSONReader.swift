import Foundation

/// Reads a value of a document, with members named as ``WireName`` says.
///
/// Our own, because Foundation's decoder asks a closure for each name and gathers a dictionary of them for every object, which takes most
/// of its time with events and requests; and because it answers "no JSON" and "JSON of another shape" with one error.
struct JSONReader: Decoder {
    let document: JSONDocument
    let number: Int

    var codingPath: [any CodingKey] { document.path(to: number) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    var kind: JSONDocument.Kind { document.values[number].kind }

    /// - Throws: ``JSON/Malformed``, `DecodingError`.
    static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        let document = try JSONDocument(data)
        do {
            return try JSONReader(document: document, number: 0).read(type)
        } catch let error as JSONDocument.Unreadable {
            throw DecodingError.dataCorrupted(
                .init(codingPath: document.path(to: error.value), debugDescription: "holds a number or text that cannot be read"))
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard kind == .object else { throw mismatch([String: JSONValue].self) }
        return KeyedDecodingContainer(Members<Key>(document: document, number: number, keysAreWritten: DictionaryKeys.are(type)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard kind == .array else { throw mismatch([JSONValue].self) }
        return Elements(document: document, number: number)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    fileprivate func read<T: Decodable>(_ type: T.Type) throws -> T {
        // What has no coding of its own here, or a slow one.
        if type == Date.self, let value = try moment() as? T { return value }
        if type == UUID.self, let value = try uuid() as? T { return value }
        if type == Data.self, let value = try data() as? T { return value }
        if type == URL.self, let value = try url() as? T { return value }
        if type == JSONValue.self, let value = try document.document(number) as? T { return value }
        return try T(from: self)
    }

    private func moment() throws -> Date {
        guard let date = Moment.date(try text()) else { throw corrupted(Moment.rule) }
        return date
    }

    private func uuid() throws -> UUID {
        guard let uuid = UUID(canonical: try text()) else { throw corrupted("must be a UUID") }
        return uuid
    }

    private func data() throws -> Data {
        guard let data = Data(base64Encoded: try text()) else { throw corrupted("must be base64") }
        return data
    }

    private func url() throws -> URL {
        guard let url = URL(string: try text()) else { throw corrupted("must be a URL") }
        return url
    }

    fileprivate func text() throws -> String {
        guard kind == .text else { throw mismatch(String.self) }
        return try document.text(number)
    }

    fileprivate func bool() throws -> Bool {
        guard kind == .yes || kind == .no else { throw mismatch(Bool.self) }
        return kind == .yes
    }

    fileprivate func double() throws -> Double {
        guard kind == .number else { throw mismatch(Double.self) }
        return try document.double(number)
    }

    fileprivate func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard kind == .number else { throw mismatch(Int.self) }
        return try document.integer(number)
    }

    private func corrupted(_ rule: String) -> DecodingError { .dataCorrupted(.init(codingPath: codingPath, debugDescription: rule)) }

    fileprivate func mismatch(_ type: any Any.Type) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "is of another kind")
        return kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

extension JSONReader: SingleValueDecodingContainer {
    func decodeNil() -> Bool { kind == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try bool() }
    func decode(_ type: String.Type) throws -> String { try text() }
    func decode(_ type: Double.Type) throws -> Double { try double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try double()) }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }
}

/// The members of an object.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: JSONDocument
    let number: Int
    /// A dictionary's keys are data, not names.
    let keysAreWritten: Bool

    var codingPath: [any CodingKey] { document.path(to: number) }

    var allKeys: [Key] {
        document.names(of: number).compactMap { name in
            guard let text = try? document.text(name) else { return nil }
            return Key(stringValue: keysAreWritten ? text : WireName.camel(text))
        }
    }

    func contains(_ key: Key) -> Bool { member(key) != nil }

    private func member(_ key: Key) -> JSONReader? {
        let value = document.member(key.stringValue, isWritten: keysAreWritten, of: number)
        return value.map { JSONReader(document: document, number: $0) }
    }

    private func required(_ key: Key) throws -> JSONReader {
        guard let member = member(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
        }
        return member
    }

    func decodeNil(forKey key: Key) throws -> Bool { try required(key).kind == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try required(key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try required(key).text() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try required(key).double() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try required(key).integer(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try required(key).integer(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try required(key).read(type) }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let member = member(key), member.kind != .null else { return nil }
        return try member.read(type)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try required(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try required(key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { JSONReader(document: document, number: number) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try required(key) }
}

/// The elements of an array.
private struct Elements: UnkeyedDecodingContainer {
    let document: JSONDocument
    let number: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(document: JSONDocument, number: Int) {
        (self.document, self.number) = (document, number)
        next = number + 1
    }

    var codingPath: [any CodingKey] { document.path(to: number) }
    var count: Int? { nil }
    var isAtEnd: Bool { next >= document.values[number].next }

    /// An element that was not read is still the next.
    private mutating func take<T>(_ read: (JSONReader) throws -> T) throws -> T {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(T.self, .init(codingPath: codingPath, debugDescription: "has no more elements"))
        }
        let value = try read(JSONReader(document: document, number: next))
        next = document.values[next].next
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, document.values[next].kind == .null else { return false }
        return try take { _ in true }
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { try $0.read(type) } }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try take { try $0.container(keyedBy: type) }
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take { try $0.unkeyedContainer() } }
    mutating func superDecoder() throws -> any Decoder { try take { $0 } }
}

extension JSONDocument {
    /// The value of an object's member.
    func member(_ name: String, isWritten: Bool, of object: Int) -> Int? {
        let end = values[object].next
        let first = found[object] == 0 ? object + 1 : found[object]
        var current = first
        // From where the last one was found to the end, then from the beginning.
        repeat {
            if current >= end { current = object + 1 }
            if current >= end { return nil }
            if isNamed(current, name, isWritten: isWritten) {
                found[object] = current
                return current + 1
            }
            current = values[current + 1].next
        } while current != first && !(current >= end && first == object + 1)
        return nil
    }

    private func isNamed(_ number: Int, _ name: String, isWritten: Bool) -> Bool {
        let value = values[number]
        if value.hasEscapes {
            guard let text = try? text(number) else { return false }
            return text == name || !isWritten && text == WireName.snake(name)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            let written = UnsafeBufferPointer(rebasing: bytes[value.start..<value.end])
            // Collections that are published elsewhere write names as Swift does: `primaryMuscles`.
            return written.elementsEqual(name.utf8) || !isWritten && WireName.isSnake(written, of: name)
        }
    }

    /// The names and places that lead to a value: for errors only, so nobody keeps account of them.
    func path(to number: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var current = 0
        while current < number {
            switch values[current].kind {
            case .object:
                guard let name = names(of: current).last(where: { $0 < number }) else { return path }
                path.append(PathKey(stringValue: (try? text(name)).map(WireName.camel) ?? ""))
                current = name + 1
            case .array:
                guard let place = place(of: number, in: current) else { return path }
                path.append(PathKey(intValue: place.index))
                current = place.element
            default: return path
            }
        }
        return path
    }

    /// The element of an array that `number` is or is inside of. From where the last one was found, if it comes after that: a list in
    /// which every element is wrong is gone through once.
    private func place(of number: Int, in array: Int) -> (index: Int, element: Int)? {
        guard number < values[array].next else { return nil }
        var (index, element) = (0, array + 1)
        if let last = lastPlace, last.array == array, last.element <= number { (index, element) = (last.index, last.element) }
        while values[element].next <= number { (index, element) = (index + 1, values[element].next) }
        lastPlace = (array, index, element)
        return (index, element)
    }
}

private struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }
}
