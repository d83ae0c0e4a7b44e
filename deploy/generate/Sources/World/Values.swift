import Foundation

/// Numbers that look like chance and are the same in every run with the same seed (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// 0 to just below 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + unit() * (high - low) }

    /// 0 to `count - 1`.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    mutating func happens(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

/// A moment to the microsecond, as the database keeps it.
struct Moment: Comparable, Hashable {
    /// Since 1970.
    var micros: Int64

    init(micros: Int64) { self.micros = micros }

    var date: Date { Date(timeIntervalSince1970: Double(micros) / 1_000_000) }

    static func < (left: Self, right: Self) -> Bool { left.micros < right.micros }
    static func + (moment: Self, seconds: Double) -> Self { Self(micros: moment.micros + Int64(seconds * 1_000_000)) }
    static func - (moment: Self, seconds: Double) -> Self { moment + -seconds }
    static func - (left: Self, right: Self) -> Double { Double(left.micros - right.micros) / 1_000_000 }
}

extension Double {
    static let minutes = 60.0
    static let hours = 3600.0
    static let days = 86_400.0
}

/// A day of the calendar by its number since 1970, without a zone.
struct Day: Comparable, Hashable {
    var number: Int

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    static func + (day: Self, days: Int) -> Self { Self(number: day.number + days) }

    /// Midnight in UTC.
    var midnight: Moment { Moment(micros: Int64(number) * 86_400_000_000) }

    /// Year, month and day of the month.
    var civil: (year: Int, month: Int, day: Int) {
        // Howard Hinnant's algorithm: months counted from March, in eras of 400 years.
        let z = number + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// The first day of its month.
    var monthBegin: Day { self + (1 - civil.day) }
    /// The first day of the month after it.
    var nextMonth: Day { (monthBegin + 32).monthBegin }
}

/// A UUID of version 7 as two numbers: cheap to make and to write.
struct ID: Hashable {
    var high: UInt64
    var low: UInt64

    init(_ moment: Moment, _ chance: inout Chance) {
        let milliseconds = UInt64(moment.micros / 1000)
        high = milliseconds << 16 | 0x7000 | chance.next() & 0x0FFF
        low = 0x8000_0000_0000_0000 | chance.next() >> 2
    }

    var uuid: UUID {
        let (h, l) = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: (h, l)) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
