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

extension SQLValue {
    /// An array in PostgreSQL's text format, every element quoted.
    static func array(_ elements: [SQLValue]) -> SQLValue {
        var text = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            switch element {
            case .null: text += "NULL"
            case .text(let value): text.unicodeScalars += quoted(value)
            case .bytes(let data): text += "\"\\\\x\(data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\""
            }
        }
        return .text(text + "}")
    }

    /// Scalar by scalar: a quote with an accent over it is another character to Swift, and a bare quote to PostgreSQL.
    private static func quoted(_ text: String) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return result
    }
}

extension String: SQLBindable {
    public var sqlValue: SQLValue { .text(self) }
}
extension Int: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Int16: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Int32: SQLBindable {
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
