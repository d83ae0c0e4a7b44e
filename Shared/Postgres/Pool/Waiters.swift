import DequeModule

/// A transaction that waits for a connection.
struct Waiter: Sendable {
    /// Tells one waiter from another.
    final class Ticket: Sendable {}

    let ticket: Ticket
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<Lease, DatabaseError>, Never>

    func resume(_ result: Result<Lease, DatabaseError>) { continuation.resume(returning: result) }
}

/// All wait equally long, so the first to come is the first whose time is over.
struct Waiters: Sendable {
    private var queue: Deque<Waiter> = []

    var count: Int { queue.count }
    var firstDeadline: ContinuousClock.Instant? { queue.first?.deadline }

    mutating func append(_ waiter: Waiter) { queue.append(waiter) }
    mutating func popFirst() -> Waiter? { queue.popFirst() }

    mutating func remove(_ ticket: Waiter.Ticket) -> Waiter? {
        queue.firstIndex { $0.ticket === ticket }.map { queue.remove(at: $0) }
    }

    mutating func expire(_ now: ContinuousClock.Instant) {
        while let first = queue.first, first.deadline <= now {
            queue.removeFirst()
            first.resume(.failure(DatabaseError(kind: .poolExhausted, message: "no connection became free in time")))
        }
    }

    mutating func fail(_ error: DatabaseError) {
        for waiter in queue { waiter.resume(.failure(error)) }
        queue.removeAll()
    }
}
