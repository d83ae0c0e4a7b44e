import Foundation

/// PostgreSQL's moments and days, which count from 2000, in microseconds and days.
enum PostgresMoment {
    /// From 2000 to 2001, where `Date` counts from.
    private static let toReference: Int64 = 31_622_400_000_000
    /// From 1970 to 2000.
    private static let toUnix: Int64 = 946_684_800

    /// Microseconds since 2000; nil for what PostgreSQL has no moment for.
    static func microseconds(_ date: Date) -> Int64? {
        let seconds = date.timeIntervalSince1970
        guard seconds.isFinite, abs(seconds) < 62_135_596_801 * 4, date >= .distantPast else { return nil }
        return Int64((seconds * 1_000_000).rounded()) - toUnix * 1_000_000
    }

    /// `2026-03-01 10:00:00.123456+00`
    static func text(_ date: Date) -> String {
        // What PostgreSQL has no moment for it shall refuse, instead of this process.
        guard let moment = microseconds(date) else { return "out of range" }
        let (seconds, microseconds) = split(moment)
        let parts = calendar(seconds + toUnix)
        return "\(day(parts)) \(clock(parts)).\(padded(microseconds, 6))+00"
    }

    /// Exact to the microsecond.
    static func date(_ microseconds: Int64) -> Date {
        // Whole seconds apart from the rest, or far moments lose their last digits twice.
        let (seconds, rest) = split(microseconds - toReference)
        return Date(timeIntervalSinceReferenceDate: Double(seconds) + Double(rest) / 1_000_000)
    }

    /// `2026-03-01T10:00:00.123456Z`, the fraction only when there is one.
    static func rfc3339(_ microseconds: Int64) -> String {
        let (seconds, rest) = split(microseconds)
        let parts = calendar(seconds + toUnix)
        return "\(day(parts))T\(clock(parts))\(rest == 0 ? "" : ".\(padded(rest, 6))")Z"
    }

    /// `2026-03-01`
    static func day(_ days: Int32) throws -> String {
        guard days != .min, days != .max else { throw FieldError.unfit("is infinite") }
        return day(calendar(Int64(days) * 86400 + toUnix))
    }

    /// `18:30:00`
    static func time(_ microseconds: Int64) throws -> String {
        let (seconds, rest) = split(microseconds)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return rest == 0 ? clock : "\(clock).\(padded(rest, 6))"
    }

    private static func split(_ microseconds: Int64) -> (seconds: Int64, rest: Int64) {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? (seconds - 1, rest + 1_000_000) : (seconds, rest)
    }

    private static func calendar(_ unixSeconds: Int64) -> tm {
        var time = time_t(unixSeconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        return parts
    }

    private static func day(_ parts: tm) -> String {
        "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    }

    private static func clock(_ parts: tm) -> String {
        "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    }

    private static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
