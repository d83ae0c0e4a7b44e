import AuthContract
import Foundation

/// How much there is of everything. README.md beside this says where the figures are from.
struct Shape {
    /// Members in each organization, most first.
    let sizes: [Int]
    let seed: UInt64
    /// The first day with sessions and workouts; the history ends with ``now``.
    let begin: Day
    let days: Int
    let now: Moment

    /// The timetable is known this many days ahead.
    static let ahead = 28
    /// Of the days of an average member: booked and given back, booked and not come.
    static let cancelled = 0.02
    static let missed = 0.012
    /// Of the sessions.
    static let sessionsCancelled = 0.012
    /// Events of this age and younger are known to the inboxes.
    static let inboxMemory = 30 * Double.days

    init(people: Int, organizations: Int, scale: Double, seed: UInt64, today: Day) {
        sizes = Self.sizes(people, organizations)
        self.seed = seed
        days = max(1, Int((365 * scale).rounded()))
        begin = today + -days
        now = today.midnight
    }

    /// Few are big and many are small: the one in place k has as many as the first divided by k to the power of 1.1.
    private static func sizes(_ people: Int, _ organizations: Int) -> [Int] {
        let weights = (1...organizations).map { pow(Double($0), -1.1) }
        let spare = Double(people - organizations)
        let total = weights.reduce(0, +)
        var (sum, given) = (0.0, 0)
        return weights.map { weight in
            sum += weight
            let upTo = Int((spare * sum / total).rounded())
            defer { given = upTo }
            return 1 + upTo - given
        }
    }

    /// Everybody has joined by then, some of them months before.
    var founded: Moment { begin.midnight - 120 * .days }

    func slug(_ index: Int) -> String {
        let number = String(index + 1)
        return "generated-\(seed)-" + String(repeating: "0", count: max(0, 3 - number.count)) + number
    }

    func kind(_ members: Int) -> OrganizationKind { members <= 35 ? .solo : members <= 100 ? .studio : .gym }

    struct Timetable {
        var sessionsPerDay: Int
        var capacity: Int
        var trainers: Int
    }

    /// Nine come to a session of a gym, fewer where there are few: even a small timetable fills the week.
    func timetable(_ members: Int) -> Timetable {
        let attendances = Double(members) * 2 / 7
        let together = kind(members) == .solo ? max(1, attendances / 10) : min(9, max(1, Double(members) / 12))
        let sessions = max(1, Int((attendances / together).rounded()))
        return Timetable(
            sessionsPerDay: sessions, capacity: Int((together * 1.7).rounded(.up)),
            trainers: kind(members) == .solo ? 0 : (sessions + 5) / 6)
    }
}
