/// A whole statement whose interpolated values are bound as `$1`, `$2`, ...: `"select * from bookings where id = \(id)"`.
///
/// There is no way to paste a value into the text: a literal is all that a statement can be made of, and a fragment of SQL
/// is another literal, `\(fragment)` of type ``SQL``.
public struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    public let text: String
    public let values: [SQLValue]
    /// The text around the values: one piece more than there are values.
    private let pieces: [String]

    /// The compiler makes a `StaticString` of nothing but a literal.
    public init(stringLiteral text: StaticString) { self.init(pieces: [text.description], values: []) }

    public init(stringInterpolation: Interpolation) {
        self.init(pieces: stringInterpolation.pieces, values: stringInterpolation.values)
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
        return SQL(pieces: [String(quoted)], values: [])
    }

    private init(pieces: [String], values: [SQLValue]) {
        self.pieces = pieces
        self.values = values
        text = pieces.dropFirst().enumerated().reduce(into: pieces[0]) { text, piece in
            text += "$\(piece.offset + 1)"
            text += piece.element
        }
    }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var pieces = [""]
        fileprivate var values: [SQLValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) { pieces[pieces.count - 1] += literal.description }

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
            pieces[pieces.count - 1] += fragment.pieces[0]
            pieces += fragment.pieces.dropFirst()
            values += fragment.values
        }

        private mutating func bind(_ value: SQLValue) {
            values.append(value)
            pieces.append("")
        }
    }
}
