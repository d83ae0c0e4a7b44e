import Synchronization

/// How often a database was waited for: the tests hold transactions to their number of round trips.
final class FlightCounter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
}
