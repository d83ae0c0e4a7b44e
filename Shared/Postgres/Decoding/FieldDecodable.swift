import Foundation

/// A type that a single value is read into directly. The field is never null.
protocol FieldDecodable {
    init(field: Field) throws
}

extension FieldDecodable where Self: FixedWidthInteger {
    init(field: Field) throws {
        let number: Int64
        switch field.type {
        case .int2: number = Int64(try field.number(Int16.self))
        case .int4: number = Int64(try field.number(Int32.self))
        case .int8: number = try field.number()
        case .oid: number = Int64(try field.number(UInt32.self))
        default: throw field.mismatch("an integer")
        }
        guard let value = Self(exactly: number) else { throw FieldError.unfit("is too large or too small for its property") }
        self = value
    }
}
extension Int: FieldDecodable {}
extension Int16: FieldDecodable {}
extension Int32: FieldDecodable {}
extension Int64: FieldDecodable {}
extension UInt32: FieldDecodable {}
extension UInt64: FieldDecodable {}

extension Bool: FieldDecodable {
    init(field: Field) throws {
        guard field.type == .bool else { throw field.mismatch("a Bool") }
        self = try field.number(UInt8.self) != 0
    }
}

extension Double: FieldDecodable {
    init(field: Field) throws {
        switch field.type {
        case .float8: self = Double(bitPattern: try field.number())
        case .float4: self = Double(Float(bitPattern: try field.number()))
        case .int2, .int4: self = Double(try Int32(field: field))
        default: throw field.mismatch("a Double")
        }
    }
}

extension Float: FieldDecodable {
    init(field: Field) throws {
        guard field.type == .float4 else { throw field.mismatch("a Float") }
        self = Float(bitPattern: try field.number())
    }
}

extension UUID: FieldDecodable {
    init(field: Field) throws {
        guard field.type == .uuid else { throw field.mismatch("a UUID") }
        self = try field.withBytes { bytes in
            guard bytes.count == 16 else { throw FieldError.malformed }
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }
}

extension Data: FieldDecodable {
    init(field: Field) throws {
        guard let bytes = field.type == .bytes ? field.withBytes({ Data($0) }) : field.json else { throw field.mismatch("Data") }
        self = bytes
    }
}

extension Date: FieldDecodable {
    init(field: Field) throws {
        guard field.type == .moment else { throw field.mismatch("a Date") }
        self = PostgresMoment.date(try field.moment())
    }
}

extension Decimal: FieldDecodable {
    init(field: Field) throws { throw field.mismatch("a Decimal") }
}

extension String: FieldDecodable {
    init(field: Field) throws {
        switch field.type {
        case .text, .custom:
            self = try field.withBytes { bytes in
                guard let text = try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span) else {
                    throw FieldError.unfit("is no text")
                }
                return String(copying: text)
            }
        case .json, .jsonb: self = String(decoding: field.json ?? Data(), as: UTF8.self)
        case .uuid: self = try UUID(field: field).text
        case .moment: self = PostgresMoment.rfc3339(try field.moment())
        case .date: self = try PostgresMoment.day(field.number())
        case .time: self = try PostgresMoment.time(field.number())
        case .void: self = ""
        default: throw field.mismatch("a String")
        }
    }
}

extension Field {
    /// Microseconds since 2000.
    fileprivate func moment() throws -> Int64 {
        let number: Int64 = try number()
        guard number != .min, number != .max else { throw FieldError.unfit("is infinite") }
        return number
    }

    fileprivate func mismatch(_ wanted: String) -> FieldError {
        switch type {
        case .numeric: .unfit("is numeric, which has no exact counterpart: cast it in the statement")
        case .other: .unfit("is of a type that cannot be read: cast it in the statement")
        default: .unfit("is of type \(type) and cannot be read as \(wanted)")
        }
    }
}
