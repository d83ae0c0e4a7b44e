public import Foundation
import Synchronization

/// An IANA time zone by name, `America/Toronto`. Every window of a location is computed in its zone.
public struct TimeZoneID: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        // Foundation reads a name up to a NUL, and would look for it among files.
        guard rawValue.utf8.count <= 64, rawValue.utf8.allSatisfy(Self.mayStand),
            rawValue == "UTC" || (rawValue.utf8.contains(UInt8(ascii: "/")) && Self.isKnown(rawValue))
        else { return nil }
        self.rawValue = rawValue
    }

    private static func mayStand(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/_+-".utf8.contains(byte)
        }
    }

    /// Names that Foundation knows: asking it reads the zone's file each time. There are some six hundred.
    private static let known = Mutex<Set<String>>([])

    private static func isKnown(_ name: String) -> Bool {
        if known.withLock({ $0.contains(name) }) { return true }
        guard TimeZone(identifier: name) != nil else { return false }
        known.withLock { _ = $0.insert(name) }
        return true
    }

    public static var utc: Self { Self(trusted: "UTC") }
    public var timeZone: TimeZone { TimeZone(identifier: rawValue) ?? .gmt }

    public static let rule = "must be an IANA time zone such as America/Toronto"
    public static let schema: JSONValue = ["type": "string", "maxLength": 64]
    public static var example: Self { Self(trusted: "America/Toronto") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// A day of somebody's calendar, `2026-03-01`, without a zone. Years 1900 to 2199.
public struct LocalDay: RuledValue, Comparable {
    public let year: Int
    public let month: Int
    public let day: Int

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard rawValue.utf8.count == 10, parts.count == 3, parts[0].count == 4, parts[1].count == 2,
            rawValue.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1900...2199).contains(year), (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day that `moment` falls on in `zone`.
    public init(_ moment: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: moment)
        (year, month, day) = (parts.year ?? 1970, parts.month ?? 1, parts.day ?? 1)
    }

    public var rawValue: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    public static let rule = "must be a day such as 2026-03-01"
    public static let schema: JSONValue = ["type": "string", "format": "date"]
    public static var example: Self { Self(trusted: (2026, 3, 1)) }
    private init(trusted: (Int, Int, Int)) { (year, month, day) = trusted }
}
