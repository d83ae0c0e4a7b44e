public import Foundation

/// A whole statement whose interpolated values are bound as `$1`, `$2`, ...: `"select * from bookings where id = \(id)"`.
///
/// There is no way to paste a value into the text: a literal is all that a statement can be made of, and a fragment of SQL
/// is another literal, `\(fragment)` of type ``SQL``.
public struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    public let values: [SQLValue]
    let shape: SQLShape

    public var text: String { shape.text }

    /// The compiler makes a `StaticString` of nothing but a literal.
    public init(stringLiteral text: StaticString) { self.init(shape: SQLShape(pieces: [.literal(text)]), values: []) }

    public init(stringInterpolation: Interpolation) {
        self.init(shape: SQLShape(pieces: stringInterpolation.pieces), values: stringInterpolation.values)
    }

    /// A table, column, role or database whose name is not known beforehand, quoted. For tools and tests.
    public static func identifier(_ name: String) -> SQL {
        var quoted = "\"".unicodeScalars
        // A NUL would end the statement in the middle of the name.
        for scalar in name.unicodeScalars where scalar != "\0" {
            if scalar == "\"" { quoted.append("\"") }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return SQL(shape: SQLShape(pieces: [.name(String(quoted))]), values: [])
    }

    private init(shape: SQLShape, values: [SQLValue]) {
        self.shape = shape
        self.values = values
    }

    public static func == (a: SQL, b: SQL) -> Bool { a.values == b.values && a.text == b.text }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(values)
    }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var pieces: [SQLShape.Piece] = []
        fileprivate var values: [SQLValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
            values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) { pieces.append(.literal(literal)) }

        public mutating func appendInterpolation(_ value: UUID) { bind(.uuid(value)) }
        public mutating func appendInterpolation(_ value: some SQLBindable) { bind(value.sqlValue) }
        public mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) { bind(value?.sqlValue ?? .null) }

        /// Ids, checked texts, enumerations: whatever wraps one bindable value.
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value) where Value.RawValue: SQLBindable {
            bind(value.rawValue.sqlValue)
        }
        public mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value?) where Value.RawValue: SQLBindable {
            bind(value?.rawValue.sqlValue ?? .null)
        }
        public mutating func appendInterpolation<Value: RawRepresentable>(_ values: [Value]) where Value.RawValue: SQLBindable {
            bind(SQLValue.array(values.map(\.rawValue.sqlValue)))
        }

        /// A fragment, with its own bindings renumbered.
        public mutating func appendInterpolation(_ fragment: SQL) {
            pieces += fragment.shape.pieces
            values += fragment.values
        }

        private mutating func bind(_ value: SQLValue) {
            values.append(value)
            pieces.append(.value)
        }
    }
}
