/// How long a leader with nothing to publish waits until it looks again by itself.
///
/// Its own process calls it at each commit. What others commit it has to find: while another relay of the service stands by, its process
/// may write events, and looks are frequent. Alone, a look only has to find what was said again or put in by hand.
struct RelayLooks {
    /// One look at an empty partial index costs the server some 50 µs, so half a thousandth of a core buys other replicas' events an
    /// average of 50 ms.
    static let besideOthers = Duration.milliseconds(100)
    static let alone = Duration.seconds(3)

    private var isAlone = false
    private var nextCount = ContinuousClock.now

    mutating func pause(_ session: RelayLeadership) async throws -> Duration {
        if nextCount <= .now {
            nextCount = .now + Self.alone
            isAlone = try await session.isAlone()
        }
        return isAlone ? Self.alone : Self.besideOthers
    }
}
