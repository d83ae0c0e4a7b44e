public import Foundation

/// A value as PostgreSQL gets it: never part of the statement's text.
public enum SQLValue: Sendable, Hashable {
    case null
    /// In PostgreSQL's text format.
    case text(String)
    /// `bytea`, in binary.
    case bytes(Data)
}

/// A type whose values can be bound to a statement.
public protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

/// A whole statement whose interpolated values are bound as `$1`, `$2`, ...: `"select * from bookings where id = \(id)"`.
///
/// There is no way to paste a value into the text; a fragment of SQL is another literal: `\(fragment)` of type ``SQL``.
public struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    public let text: String
    public let values: [SQLValue]

    public init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }

    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var values: [SQLValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 2)
            values.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }

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
            var rest = fragment.text[...]
            for (index, value) in fragment.values.enumerated() {
                guard let range = rest.range(of: "$\(index + 1)") else { preconditionFailure("a fragment lost a binding") }
                text += rest[..<range.lowerBound]
                bind(value)
                rest = rest[range.upperBound...]
            }
            text += rest
        }

        private mutating func bind(_ value: SQLValue) {
            values.append(value)
            text += "$\(values.count)"
        }
    }
}

extension SQLValue {
    /// An array in PostgreSQL's text format, every element quoted.
    static func array(_ elements: [SQLValue]) -> SQLValue {
        let parts = elements.map { element -> String in
            switch element {
            case .null: "NULL"
            case .text(let text): "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
            case .bytes(let data): "\"\\\\x\(data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\""
            }
        }
        return .text("{\(parts.joined(separator: ","))}")
    }
}

extension String: SQLBindable {
    public var sqlValue: SQLValue { .text(self) }
}
extension Int: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Int64: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Double: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Bool: SQLBindable {
    public var sqlValue: SQLValue { .text(self ? "t" : "f") }
}
extension UUID: SQLBindable {
    public var sqlValue: SQLValue { .text(uuidString.lowercased()) }
}
extension Data: SQLBindable {
    public var sqlValue: SQLValue { .bytes(self) }
}
extension Date: SQLBindable {
    /// Microseconds, PostgreSQL's own precision.
    public var sqlValue: SQLValue { .text(PostgresMoment.text(self)) }
}
extension Array: SQLBindable where Element: SQLBindable {
    public var sqlValue: SQLValue { .array(map(\.sqlValue)) }
}

enum PostgresMoment {
    /// `2026-03-01 10:00:00.123456+00`
    static func text(_ date: Date) -> String {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        let (seconds, rest) = (microseconds / 1_000_000, microseconds % 1_000_000)
        let (wholeSeconds, fraction) = rest < 0 ? (seconds - 1, rest + 1_000_000) : (seconds, rest)
        var time = time_t(wholeSeconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2)) "
            + "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2)).\(padded(fraction, 6))+00"
    }
}
