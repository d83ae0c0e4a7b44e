/// Decodes one row: by column name into a type with members, by its first column into anything else.
struct RowDecoder: Decoder {
    let set: ResultSet
    let row: Int
    let finder: ColumnFinder
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let field = try first()
        return try naming(set.columns.names[0]) { try FieldDecoder(field: field).unkeyedContainer() }
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { FirstColumn(decoder: self, field: try first()) }

    func first() throws -> Field {
        guard set.columns.count > 0 else {
            throw DatabaseError(kind: .decoding, message: "the statement returns no columns")
        }
        return set.field(row: row, column: 0)
    }

    /// Reads the whole row.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do {
            if type is any FieldDecodable.Type { return try singleValueContainer().decode(type) }
            return try T(from: self)
        } catch let error as DecodingError {
            throw DatabaseError(decoding: error)
        }
    }
}

/// What a row is read through when its type asks for a single value.
private struct FirstColumn: SingleValueDecodingContainer {
    let decoder: RowDecoder
    let field: Field
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { field.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        // An optional document asks for what it wraps: the row, when the columns are its members.
        if decoder.set.columns.count > 1, !(type is any FieldDecodable.Type), !field.isDocument { return try T(from: decoder) }
        return try naming(decoder.set.columns.names[0]) { try field.decode(type) }
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.set.columns.names.compactMap { Key(stringValue: $0) } }

    private func field(_ key: Key) -> Field? {
        decoder.finder.column(key.stringValue).map { decoder.set.field(row: decoder.row, column: $0) }
    }

    func contains(_ key: Key) -> Bool { decoder.finder.column(key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool {
        guard let field = field(key) else { throw missing(key) }
        return field.isNull
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let field = field(key) else { throw missing(key) }
        return try naming(key.stringValue) { try field.decode(type) }
    }

    // The default ones ask for the column three times.
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let field = field(key), !field.isNull else { return nil }
        return try naming(key.stringValue) { try field.decode(type) }
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try present(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try present(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try present(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try present(type, key) }

    private func present<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        guard let field = field(key), !field.isNull else { return nil }
        return try naming(key.stringValue) { try field.decode(type) }
    }

    private func missing(_ key: Key) -> DecodingError {
        .keyNotFound(key, .init(codingPath: [], debugDescription: "no such column"))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw unsupported(key)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        guard let field = field(key) else { throw missing(key) }
        return try naming(key.stringValue) { try FieldDecoder(field: field).unkeyedContainer() }
    }
    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported(key) }

    private func unsupported(_ key: Key) -> DatabaseError {
        DatabaseError(kind: .decoding, message: "column \(ColumnName.of(key.stringValue)) holds no nested members")
    }
}

/// Puts the column's name to whatever goes wrong while it is read, and drops the rest: values may be in it.
private func naming<T>(_ property: String, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as FieldError {
        throw DatabaseError(kind: .decoding, message: "column \(ColumnName.of(property)) \(error.reason)")
    } catch is DecodingError {
        throw DatabaseError(kind: .decoding, message: "column \(ColumnName.of(property)) holds a value that its type refuses")
    }
}

extension DatabaseError {
    init(decoding error: DecodingError) {
        let message =
            switch error {
            case .keyNotFound(let key, _): "column \(ColumnName.of(key.stringValue)) is missing"
            default: "the row is refused by its type"
            }
        self.init(kind: .decoding, message: message)
    }
}
