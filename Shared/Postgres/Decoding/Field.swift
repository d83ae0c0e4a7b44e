import Foundation

/// One value as the server sent it, in binary. Three words, so that a decoder made of it needs no memory of its own.
struct Field {
    /// Keeps the bytes where they are.
    private let owner: AnyObject
    /// Nil is null.
    private let start: UnsafeRawPointer?
    private let count: Int32
    let type: PostgresType

    init(type: PostgresType, owner: AnyObject, start: UnsafeRawPointer?, count: Int32) {
        (self.type, self.owner, self.start, self.count) = (type, owner, start, count)
    }

    var isNull: Bool { start == nil }

    /// Hands out the bytes, of which there are none for null.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { extendLifetime(owner) }
        return try body(UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    /// - Throws: ``FieldError``, or the type's own errors.
    func decode<T: Decodable>(_ wanted: T.Type) throws -> T {
        // What is asked for most, without asking the runtime which protocols it conforms to.
        if T.self == String.self { return try cast(String(checked: self)) }
        if T.self == UUID.self { return try cast(UUID(checked: self)) }
        if T.self == Int.self { return try cast(Int(checked: self)) }
        if T.self == Int64.self { return try cast(Int64(checked: self)) }
        if T.self == Date.self { return try cast(Date(checked: self)) }
        if let scalar = wanted as? any FieldDecodable.Type { return try decode(scalar: scalar) }
        if isDocument, let text = json { return try FieldJSON.decode(wanted, from: text) }
        return try T(from: FieldDecoder(field: self))
    }

    /// Apart from the other ways, none of which needs to know what an optional `T` is: to find that out takes a tenth of a row's time.
    @inline(never) private func decode<T: Decodable>(scalar: any FieldDecodable.Type) throws -> T {
        guard let value = try scalar.init(checked: self) as? T else { throw FieldError.unfit("cannot be read") }
        return value
    }

    private func cast<From, To>(_ value: From) -> To {
        // Only called where both are the same type, which the compiler does not know.
        unsafeBitCast(value, to: To.self)
    }

    var isDocument: Bool { !isNull && (type == .json || type == .jsonb) }

    /// The text of a JSON document.
    var json: Data? {
        if isNull { return nil }
        return switch type {
        case .json: withBytes { Data($0) }
        // A version comes before it.
        case .jsonb: withBytes { Data($0.dropFirst()) }
        default: nil
        }
    }

    /// The bytes as a big-endian number of exactly the type's size.
    func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
        try withBytes { bytes in
            guard bytes.count == MemoryLayout<Number>.size else { throw FieldError.malformed }
            return Number(bigEndian: bytes.loadUnaligned(as: Number.self))
        }
    }

    /// The elements of a one-dimensional array.
    func elements() throws -> [Field] {
        guard type == .array || type == .custom else { throw FieldError.unfit("is no array") }
        guard let start else { throw FieldError.null }
        var place: Int32 = 0
        func take(_ length: Int32, of type: PostgresType) throws -> Field {
            guard length >= 0, count - place >= length else { throw FieldError.malformed }
            defer { place += length }
            return Field(type: type, owner: owner, start: start + Int(place), count: length)
        }
        func integer() throws -> Int32 { try take(4, of: .int4).number() }
        let dimensions = try integer()
        _ = try integer()
        let type = PostgresType(oid: UInt32(bitPattern: try integer()))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw FieldError.unfit("has more than one dimension") }
        let elements = try integer()
        _ = try integer()
        guard elements >= 0, elements <= (count - place) / 4 else { throw FieldError.malformed }
        return try (0..<elements).map { _ in
            let length = try integer()
            return length < 0 ? Field(type: type, owner: owner, start: nil, count: 0) : try take(length, of: type)
        }
    }
}

extension FieldDecodable {
    init(checked field: Field) throws {
        if field.isNull { throw FieldError.null }
        try self.init(field: field)
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
