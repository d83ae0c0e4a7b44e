/// Decodes one value: ids, checked texts, enumerations and arrays of them.
struct FieldDecoder: Decoder, SingleValueDecodingContainer {
    let field: Field
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
    func decodeNil() -> Bool { field.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try field.decode(type) }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { ElementsContainer(elements: try field.elements()) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw field.isNull ? FieldError.null : FieldError.unfit("is no document with members")
    }
}

/// The elements of a PostgreSQL array.
private struct ElementsContainer: UnkeyedDecodingContainer {
    let elements: [Field]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(elements: [Field]) { self.elements = elements }

    private func current() throws -> Field {
        guard !isAtEnd else { throw FieldError.unfit("has too few elements") }
        return elements[currentIndex]
    }

    mutating func decodeNil() throws -> Bool {
        guard try current().isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try current().decode(type)
        currentIndex += 1
        return value
    }

    func nestedContainer<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> { throw unsupported }
    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unsupported }
    func superDecoder() throws -> any Decoder { throw unsupported }
    private var unsupported: FieldError { .unfit("has elements that are no single values") }
}
