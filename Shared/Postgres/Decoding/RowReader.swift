public import Foundation

/// A type that reads itself from a row, column by column: several times as fast as `Decodable`, for the lists that are read most.
public protocol RowReadable: Sendable {
    /// Reads the columns in the order in which the statement returns them.
    init(reading row: inout RowReader) throws
}

/// One row after the other on its way into a ``RowReadable``.
///
/// Each call reads the next column, which must have the given name. All of them throw ``DatabaseError`` of kind `.decoding` for another
/// column, for null where there must be a value, and for what the wanted type refuses.
public struct RowReader {
    private let set: ResultSet
    private var row = -1
    private var column = 0
    /// By column, where in the program the name stood that it was last compared with: it need not be compared in each row.
    private var compared: [UnsafePointer<UInt8>?]

    init(_ set: ResultSet) {
        self.set = set
        compared = Array(repeating: nil, count: set.columns.count)
    }

    mutating func startRow(_ number: Int) { (row, column) = (number, 0) }

    public mutating func int(_ name: StaticString) throws -> Int { try read(name) { try Int(checked: $0) } }
    public mutating func int64(_ name: StaticString) throws -> Int64 { try read(name) { try Int64(checked: $0) } }
    public mutating func bool(_ name: StaticString) throws -> Bool { try read(name) { try Bool(checked: $0) } }
    public mutating func uuid(_ name: StaticString) throws -> UUID { try read(name) { try UUID(checked: $0) } }
    public mutating func string(_ name: StaticString) throws -> String { try read(name) { try String(checked: $0) } }
    public mutating func moment(_ name: StaticString) throws -> Date { try read(name) { try Date(checked: $0) } }

    public mutating func intIfAny(_ name: StaticString) throws -> Int? { try read(name) { $0.isNull ? nil : try Int(field: $0) } }
    public mutating func stringIfAny(_ name: StaticString) throws -> String? { try read(name) { $0.isNull ? nil : try String(field: $0) } }
    public mutating func dataIfAny(_ name: StaticString) throws -> Data? { try read(name) { $0.isNull ? nil : try Data(field: $0) } }
    public mutating func momentIfAny(_ name: StaticString) throws -> Date? { try read(name) { $0.isNull ? nil : try Date(field: $0) } }

    // What wraps one of these. Inlined, because to find out what a type is takes longer than to read a value of it.

    @inlinable public mutating func id<ID: RawRepresentable<UUID>>(_ name: StaticString) throws -> ID {
        try Self.accepted(ID(rawValue: try uuid(name)), name)
    }

    @inlinable public mutating func number<Number: RawRepresentable<Int>>(_ name: StaticString) throws -> Number {
        try Self.accepted(Number(rawValue: try int(name)), name)
    }

    @inlinable public mutating func text<Text: RawRepresentable<String>>(_ name: StaticString) throws -> Text {
        try Self.accepted(Text(rawValue: try string(name)), name)
    }

    @inlinable public mutating func textIfAny<Text: RawRepresentable<String>>(_ name: StaticString) throws -> Text? {
        guard let text = try stringIfAny(name) else { return nil }
        return try Self.accepted(Text(rawValue: text), name)
    }

    @inlinable static func accepted<Value>(_ value: Value?, _ name: StaticString) throws -> Value {
        guard let value else { throw refusal(of: name) }
        return value
    }

    @usableFromInline static func refusal(of name: StaticString) -> DatabaseError {
        DatabaseError(kind: .decoding, message: "column \(name) holds a value that its type refuses")
    }

    @inline(__always) private mutating func read<Value>(_ name: StaticString, _ value: (Field) throws -> Value) throws -> Value {
        if column >= compared.count || compared[column] != name.utf8Start { try compare(name) }
        column += 1
        do {
            return try value(set.field(row: row, column: column - 1))
        } catch let error as FieldError {
            throw DatabaseError(kind: .decoding, message: "column \(name) \(error.reason)")
        }
    }

    private mutating func compare(_ name: StaticString) throws {
        guard column < compared.count, set.columns.names[column] == name.description else {
            throw DatabaseError(kind: .decoding, message: "column \(name) is missing where it is read")
        }
        compared[column] = name.utf8Start
    }
}

extension ResultSet {
    func rows<Row: RowReadable>() throws -> [Row] {
        var (reader, rows) = (RowReader(self), [Row]())
        let count = rowCount
        rows.reserveCapacity(count)
        for number in 0..<count {
            reader.startRow(number)
            rows.append(try Row(reading: &reader))
        }
        return rows
    }

    func firstRow<Row: RowReadable>() throws -> Row? {
        if rowCount == 0 { return nil }
        var reader = RowReader(self)
        reader.startRow(0)
        return try Row(reading: &reader)
    }
}
