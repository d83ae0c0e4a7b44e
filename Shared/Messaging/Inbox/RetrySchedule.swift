/// How often, and after which waits, a failing reaction tries an event again.
public struct RetrySchedule: Sendable, Hashable {
    /// A wait, as a queue whose messages return after a fixed time. One queue per wait: an expired message leaves only
    /// at the head of its queue, so different waits in one queue would hold each other up.
    public struct Level: Sendable, Hashable {
        /// Last part of the queue's name.
        public var name: String
        public var wait: Duration

        public init(_ name: String, _ wait: Duration) {
            self.name = name
            self.wait = wait
        }
    }

    /// Attempts without any wait, the first one included.
    public var immediate: Int
    /// At least one; the first also serves events that come before what they build on.
    public var levels: [Level]
    /// How long ``ReactionError/notYet(_:)`` does not count, from the event's first appearance.
    public var patience: Duration

    public init(immediate: Int, levels: [Level], patience: Duration) {
        precondition(immediate >= 1 && !levels.isEmpty, "a schedule has an attempt and a wait")
        self.immediate = immediate
        self.levels = levels
        self.patience = patience
    }

    /// Three at once, then after 1 s, 10 s, 1 min, 10 min and 1 h: eight attempts in about 72 minutes, long enough for a
    /// mistake in a release to be rolled back.
    public static let standard = RetrySchedule(
        immediate: 3,
        levels: [
            Level("1s", .seconds(1)), Level("10s", .seconds(10)), Level("1m", .seconds(60)),
            Level("10m", .seconds(600)), Level("1h", .seconds(3600)),
        ],
        patience: .seconds(120))

    /// After how many failed attempts an event becomes a dead letter.
    var limit: Int { immediate + levels.count }

    enum Next: Hashable {
        case atOnce
        case after(Level)
        case giveUp
    }

    /// What follows after `failures` failed attempts.
    func next(after failures: Int) -> Next {
        if failures >= limit { return .giveUp }
        return failures < immediate ? .atOnce : .after(levels[failures - immediate])
    }
}
