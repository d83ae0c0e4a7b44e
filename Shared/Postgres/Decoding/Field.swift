import Foundation

/// One value as the server sent it, in binary.
struct Field {
    let type: PostgresType
    /// Nil is null.
    let bytes: ArraySlice<UInt8>?

    /// - Throws: ``FieldError``, or the type's own errors.
    func decode<T: Decodable>(_ wanted: T.Type) throws -> T {
        if let scalar = wanted as? any FieldDecodable.Type {
            guard bytes != nil else { throw FieldError.null }
            guard let value = try scalar.init(field: self) as? T else { throw FieldError.unfit("cannot be read") }
            return value
        }
        if let text = json { return try FieldJSON.decode(wanted, from: text) }
        return try T(from: FieldDecoder(field: self))
    }

    /// The text of a JSON document.
    var json: ArraySlice<UInt8>? {
        switch type {
        case .json: bytes
        // A version comes before it.
        case .jsonb: bytes?.dropFirst()
        default: nil
        }
    }

    /// The bytes as a big-endian number of exactly the type's size.
    func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
        guard let bytes, bytes.count == MemoryLayout<Number>.size else { throw FieldError.malformed }
        return bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    /// The elements of a one-dimensional array.
    func elements() throws -> [Field] {
        guard type == .array || type == .custom else { throw FieldError.unfit("is no array") }
        guard var rest = bytes else { throw FieldError.null }
        func take(_ count: Int) throws -> ArraySlice<UInt8> {
            guard count >= 0, rest.count >= count else { throw FieldError.malformed }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func integer() throws -> Int32 { try Field(type: .int4, bytes: take(4)).number() }
        let dimensions = try integer()
        _ = try integer()
        let type = PostgresType(oid: UInt32(bitPattern: try integer()))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw FieldError.unfit("has more than one dimension") }
        let count = try integer()
        _ = try integer()
        guard count >= 0, Int(count) <= rest.count / 4 else { throw FieldError.malformed }
        return try (0..<count).map { _ in
            let length = try integer()
            return Field(type: type, bytes: length < 0 ? nil : try take(Int(length)))
        }
    }
}

/// What a column cannot be read as; says nothing about its value.
enum FieldError: Error {
    case null
    case malformed
    case unfit(String)
    /// A JSON document has another shape at the given path.
    case json(String)

    var reason: String {
        switch self {
        case .null: "is null"
        case .malformed: "holds bytes of another size than its type has"
        case .unfit(let reason): reason
        case .json(let path): path.isEmpty ? "is JSON of another shape" : "is JSON of another shape at \(path)"
        }
    }
}
