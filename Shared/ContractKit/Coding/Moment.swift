public import Foundation

/// RFC 3339 moments: written in UTC with milliseconds when there are any, read with any offset.
public enum Moment {
    /// Years 1900 to 2199: what lies outside is a typing error, and some of it PostgreSQL cannot store.
    public static let range = Date(timeIntervalSince1970: -2_208_988_800)..<Date(timeIntervalSince1970: 7_258_118_400)
    static let rule = "must be a moment such as 2026-03-01T10:00:00Z"

    /// Written by hand as well: Foundation's format takes some microseconds, and a page of sessions has a hundred and fifty of them.
    ///
    /// A moment beyond ``range`` is written as the nearest one in it.
    public static func text(_ date: Date) -> String { String(unsafeUninitializedCapacity: 24) { write(date, to: $0) } }

    /// - Returns: how many of the 24 bytes of `text` it takes.
    static func write(_ date: Date, to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let limits = (first: Int64(-2_208_988_800_000), last: Int64(7_258_118_399_999))
        let exact = (date.timeIntervalSince1970 * 1000).rounded()
        let milliseconds = exact.isNaN ? 0 : Int64(max(Double(limits.first), min(Double(limits.last), exact)))
        let (day, time) = milliseconds.floored(by: 86_400_000)
        let (year, month, dayOfMonth) = civil(Int(day))
        let fraction = time % 1000
        var position = 0
        func write(_ number: Int64, _ digits: Int, _ end: StaticString) {
            var rest = number
            for index in (0..<digits).reversed() {
                text[position + index] = 48 + UInt8(rest % 10)
                rest /= 10
            }
            text[position + digits] = end.utf8Start[0]
            position += digits + 1
        }
        write(Int64(year), 4, "-")
        write(Int64(month), 2, "-")
        write(Int64(dayOfMonth), 2, "T")
        write(time / 3_600_000, 2, ":")
        write(time / 60_000 % 60, 2, ":")
        write(time / 1000 % 60, 2, fraction == 0 ? "Z" : ".")
        if fraction != 0 { write(fraction, 3, "Z") }
        return position
    }

    /// `nil` for anything but RFC 3339 within ``range``.
    ///
    /// Read by hand: Foundation takes 30 February for 2 March, 25 o'clock for the next day, and whatever stands behind.
    public static func date(_ text: String) -> Date? {
        var reader = Reader(rest: text.utf8[...])
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"), let day = reader.number(2),
            reader.take("Tt"), let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), let fraction = reader.fraction(), let offset = reader.offset(), reader.rest.isEmpty,
            LocalDay(year: year, month: month, day: day) != nil, hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        let date = Date(timeIntervalSince1970: Double(seconds) + fraction)
        return range.contains(date) ? date : nil
    }

    /// Days since 1970: whole years and their leap days, with the year beginning in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    /// The reverse: a day since 1970 in the calendar.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let (era, dayOfEra) = Int64(shifted).floored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    private struct Reader {
        var rest: Substring.UTF8View

        mutating func take(_ characters: String) -> Bool {
            guard let byte = rest.first, characters.utf8.contains(byte) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ digits: Int) -> Int? {
            let head = rest.prefix(digits)
            guard head.count == digits, head.allSatisfy({ (48...57).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return head.reduce(0) { $0 * 10 + Int($1 - 48) }
        }

        /// 0 when there is none; up to nine digits.
        mutating func fraction() -> Double? {
            guard take(".") else { return 0 }
            let digits = rest.prefix { (48...57).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reversed().reduce(0) { ($0 + Double($1 - 48)) / 10 }
        }

        /// In seconds.
        mutating func offset() -> Int? {
            if take("Zz") { return 0 }
            let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
            guard take("+-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}

extension Int64 {
    /// Quotient and remainder, the remainder never negative.
    fileprivate func floored(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
