/// How long a text may be, in Unicode scalars, and whether it may hold line breaks.
public protocol TextRule: Sendable {
    static var length: ClosedRange<Int> { get }
    static var allowsLineBreaks: Bool { get }
}

/// Text from outside, with a bounded length and without control characters.
///
/// A bare `String` never stands in a request body: a test walks every operation and refuses it. NUL is refused because
/// PostgreSQL cannot store it; white space around the text is cut off.
public struct BoundedText<Rule: TextRule>: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        // Most texts are plain, and need none of what Unicode takes to look up.
        if let last = rawValue.utf8.last, last != 32, rawValue.utf8.first != 32, rawValue.utf8.allSatisfy({ (32...126).contains($0) }) {
            guard Rule.length.contains(rawValue.utf8.count) else { return nil }
            self.rawValue = rawValue
            return
        }
        let text = rawValue.trimmingPrefix(while: \.isWhitespace)
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
        let trimmed = String(text[..<end])
        guard Rule.length.contains(trimmed.unicodeScalars.count) else { return nil }
        for scalar in trimmed.unicodeScalars where scalar.properties.generalCategory == .control {
            guard Rule.allowsLineBreaks, scalar == "\n" || scalar == "\t" || scalar == "\r" else { return nil }
        }
        self.rawValue = trimmed
    }

    public static var rule: String {
        "must be \(Rule.length.lowerBound) to \(Rule.length.upperBound) characters long, without control characters"
    }
    public static var schema: JSONValue {
        ["type": "string", "minLength": .int(Rule.length.lowerBound), "maxLength": .int(Rule.length.upperBound)]
    }
    public static var example: Self {
        let word = "Example text"
        let padded = word + String(repeating: "x", count: max(0, Rule.length.lowerBound - word.count))
        guard let value = Self(rawValue: String(padded.prefix(Rule.length.upperBound))) else {
            preconditionFailure("the example of a text rule breaks the rule")
        }
        return value
    }
}

extension BoundedText: ExpressibleByStringLiteral, ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral {
    /// For texts in source code, where breaking the rule is a programmer's mistake.
    public init(stringLiteral value: String) {
        guard let text = Self(rawValue: value) else { preconditionFailure("\(value.debugDescription) \(Self.rule)") }
        self = text
    }
}

public enum LineRule: TextRule {
    public static let length = 1...200
    public static let allowsLineBreaks = false
}

public enum ParagraphRule: TextRule {
    public static let length = 0...10_000
    public static let allowsLineBreaks = true
}

public enum SearchRule: TextRule {
    public static let length = 0...100
    public static let allowsLineBreaks = false
}

/// A name or another single line: 1 to 200 characters.
public typealias Line = BoundedText<LineRule>
/// A description or note: up to 10,000 characters, with line breaks.
public typealias Paragraph = BoundedText<ParagraphRule>
/// What someone types into a search field: up to 100 characters.
public typealias SearchText = BoundedText<SearchRule>
