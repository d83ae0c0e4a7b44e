/// A whole number with a range that is part of its type.
public protocol NumberRule: Sendable {
    static var range: ClosedRange<Int> { get }
}

/// A whole number from outside that lies within its rule's range.
public struct BoundedInt<Rule: NumberRule>: RuledValue, ExpressibleByIntegerLiteral, Comparable {
    public let rawValue: Int

    public init?(rawValue: Int) {
        guard Rule.range.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// For numbers in source code, where leaving the range is a programmer's mistake.
    public init(integerLiteral value: Int) {
        precondition(Rule.range.contains(value), "\(value) \(Self.rule)")
        self.rawValue = value
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public static var rule: String { "must be a whole number from \(Rule.range.lowerBound) to \(Rule.range.upperBound)" }
    public static var schema: JSONValue {
        ["type": "integer", "minimum": .int(Rule.range.lowerBound), "maximum": .int(Rule.range.upperBound)]
    }
    public static var example: Self { Self(integerLiteral: Rule.range.lowerBound) }
}

public enum RatingRule: NumberRule { public static let range = 1...10 }
public enum MinutesRule: NumberRule { public static let range = 1...1440 }
public enum CapacityRule: NumberRule { public static let range = 1...1000 }
public enum LimitRule: NumberRule { public static let range = 1...100 }

/// A rating from 1 to 10, such as the perceived exertion of a set.
public typealias Rating = BoundedInt<RatingRule>
/// A duration in whole minutes, up to a day.
public typealias Minutes = BoundedInt<MinutesRule>
/// How many places a session has, 1 to 1,000.
public typealias Capacity = BoundedInt<CapacityRule>
/// The size of a page, 1 to 100.
public typealias PageLimit = BoundedInt<LimitRule>

/// A weight in kilograms, 0 to 2,000, kept in whole grams so that what was entered reads back exactly.
public struct Kilograms: RuledValue {
    public let grams: Int
    public var rawValue: Double { Double(grams) / 1000 }

    public init?(rawValue: Double) {
        guard rawValue.isFinite, (0...2000).contains(rawValue) else { return nil }
        grams = Int((rawValue * 1000).rounded())
    }

    /// `nil` outside 0 to 2,000,000 grams.
    public init?(grams: Int) {
        guard (0...2_000_000).contains(grams) else { return nil }
        self.grams = grams
    }

    public static let rule = "must be a weight from 0 to 2,000 kilograms"
    public static let schema: JSONValue = ["type": "number", "minimum": 0, "maximum": 2000]
    public static var example: Self { Self(trusted: 60_000) }
    private init(trusted: Int) { grams = trusted }
}

/// A colour as `#RRGGBB`.
public struct HexColor: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard bytes.count == 7, bytes.first == UInt8(ascii: "#"), bytes.dropFirst().allSatisfy({ $0.hexValue != nil }) else { return nil }
        // What comes from the database is in capitals already.
        self.rawValue = rawValue.utf8.contains { $0 >= 97 } ? rawValue.uppercased() : rawValue
    }

    public static let rule = "must be a colour such as #12AB9F"
    public static let schema: JSONValue = ["type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"]
    public static var example: Self { Self(trusted: "#12AB9F") }
    private init(trusted: String) { self.rawValue = trusted }
}
