public import Foundation

/// A value as it is bound to a statement: never part of its text.
public enum SQLValue: Sendable, Hashable {
    case null
    /// In PostgreSQL's text format.
    case text(String)
    /// `bytea`, in binary.
    case bytes(Data)
    case uuid(UUID)
    case integer(Int64)
    case bool(Bool)
    /// To the microsecond, PostgreSQL's own precision.
    case moment(Date)
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
            case .uuid, .integer, .bool, .moment: text += "\"\(element.plain)\""
            }
        }
        return .text(text + "}")
    }

    /// In PostgreSQL's text format; nothing for null and bytes, which have none.
    var plain: String {
        switch self {
        case .text(let text): text
        case .uuid(let id): id.text
        case .integer(let number): String(number)
        case .bool(let isTrue): isTrue ? "t" : "f"
        case .moment(let date): PostgresMoment.text(date)
        case .null, .bytes: ""
        }
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
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int16: SQLBindable {
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int32: SQLBindable {
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int64: SQLBindable {
    public var sqlValue: SQLValue { .integer(self) }
}
extension Double: SQLBindable {
    public var sqlValue: SQLValue { .text(String(self)) }
}
extension Bool: SQLBindable {
    public var sqlValue: SQLValue { .bool(self) }
}
extension UUID: SQLBindable {
    public var sqlValue: SQLValue { .uuid(self) }
}
extension Data: SQLBindable {
    public var sqlValue: SQLValue { .bytes(self) }
}
extension Date: SQLBindable {
    public var sqlValue: SQLValue { .moment(self) }
}
extension Array: SQLBindable where Element: SQLBindable {
    public var sqlValue: SQLValue { .array(map(\.sqlValue)) }
}

extension UUID {
    /// In lower case; Foundation's own text is made by way of `printf` and is in upper case.
    var text: String {
        String(unsafeUninitializedCapacity: 36) { text in
            withUnsafeBytes(of: uuid) { bytes in
                var place = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = Self.digit(byte >> 4)
                    text[place + 1] = Self.digit(byte & 15)
                    place += 2
                }
                return place
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }
}
