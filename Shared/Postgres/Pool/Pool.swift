import Logging
import Synchronization

/// Lends connections, first come first served.
///
/// A request takes an idle connection or queues. Connections are opened in tasks of their own, as many as requests are
/// waiting for, so that none waits for an opening longer than its own deadline.
final class Pool: Sendable {
    struct State {
        var idle: [Lease] = []
        var waiters = Waiters()
        var leased = 0
        var opening = 0
        var generation = 0
        var outage = Outage()
        var isClosed = false
        var whenClosed: [CheckedContinuation<Void, Never>] = []
        /// Runs while somebody waits.
        var hasTimekeeper = false
    }

    let state = Mutex(State())
    private let settings: ConnectionSettings
    private let maximum: Int
    private let timeout: Duration
    private let flights: FlightCounter
    private let logger: Logger

    init(_ settings: ConnectionSettings, _ configuration: Database.Configuration, flights: FlightCounter, logger: Logger) {
        precondition(configuration.maximumConnections > 0, "a pool of no connections")
        self.settings = settings
        self.flights = flights
        self.logger = logger
        maximum = configuration.maximumConnections
        timeout = configuration.acquireTimeout
    }

    /// - Throws: `.poolExhausted` after the configured time, `.connectionFailed` when the server is away, `.cancelled`, `.closed`.
    func acquire() async throws(DatabaseError) -> Lease {
        if Task.isCancelled { throw .cancelled }
        if let lease = try takeIdle() { return lease }
        let ticket = Waiter.Ticket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue(Waiter(ticket: ticket, deadline: .now + timeout, continuation: $0)) }
        } onCancel: {
            cancel(ticket)
        }
        return try result.get()
    }

    /// A freshly opened connection in place of one that was found dead.
    func exchange(_ lease: Lease) async throws(DatabaseError) -> Lease {
        let (generation, error) = state.withLock { ($0.generation, $0.outage.current) }
        if let error { throw error }
        do {
            let connection = try await open()
            state.withLock { $0.outage = Outage() }
            return Lease(connection: connection, wasIdle: false, generation: generation)
        } catch {
            state.withLock { $0.outage.grow(error) }
            throw error
        }
    }

    func release(_ lease: Lease, reusable: Bool) {
        let isKept = state.withLock { state in
            state.leased -= 1
            guard reusable, lease.generation == state.generation, !state.isClosed else { return false }
            let lease = Lease(connection: lease.connection, wasIdle: true, generation: lease.generation)
            if !state.lend(lease) { state.idle.append(lease) }
            return true
        }
        if isKept { return }
        Task { await lease.connection.close() }
        grow()
    }

    /// What lies in the pool was probably lost for the same reason as a connection that was just found dead.
    func retireIdle() {
        let retired = state.withLock { state in
            state.generation += 1
            defer { state.idle = [] }
            return state.idle
        }
        for lease in retired { Task { await lease.connection.close() } }
    }

    func close() async {
        let idle = state.withLock { state in
            state.isClosed = true
            state.waiters.fail(.closed)
            defer { state.idle = [] }
            return state.idle
        }
        for lease in idle { await lease.connection.close() }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.leased + state.opening > 0 { state.whenClosed.append(continuation) }
                return state.leased + state.opening == 0
            }
            if isDone { continuation.resume() }
        }
    }

    private func takeIdle() throws(DatabaseError) -> Lease? {
        try state.withLock { state throws(DatabaseError) in
            if state.isClosed { throw .closed }
            // The last one back is the likeliest to be alive.
            guard let lease = state.idle.popLast() else { return nil }
            state.leased += 1
            return lease
        }
    }

    private func enqueue(_ waiter: Waiter) {
        let needsTimekeeper = state.withLock { state in
            if state.isClosed {
                waiter.resume(.failure(.closed))
                return false
            }
            if let lease = state.idle.popLast() {
                state.leased += 1
                waiter.resume(.success(lease))
                return false
            }
            state.waiters.append(waiter)
            defer { state.hasTimekeeper = true }
            return !state.hasTimekeeper
        }
        // Cancelled before it stood in the queue, where onCancel did not find it.
        if Task.isCancelled { cancel(waiter.ticket) }
        if needsTimekeeper { Task { await keepTime() } }
        grow()
    }

    private func cancel(_ ticket: Waiter.Ticket) {
        state.withLock { $0.waiters.remove(ticket) }?.resume(.failure(.cancelled))
    }

    /// Opens as many connections as are waited for and allowed.
    private func grow() {
        let count = state.withLock { state in
            if state.isClosed {
                state.finishClosing()
                return 0
            }
            let room = maximum - state.leased - state.opening - state.idle.count
            let wanted = min(room, state.waiters.count - state.opening)
            guard wanted > 0 else { return 0 }
            if let error = state.outage.current {
                // Nobody is left who could give a connection back, and asking the server again is too early.
                if state.leased + state.opening == 0 { state.waiters.fail(error) }
                return 0
            }
            state.opening += wanted
            return wanted
        }
        for _ in 0..<count { Task { await add() } }
    }

    private func add() async {
        let generation = state.withLock(\.generation)
        do {
            let lease = Lease(connection: try await open(), wasIdle: false, generation: generation)
            let isWelcome = state.withLock { state in
                state.opening -= 1
                state.outage = Outage()
                if state.isClosed { return false }
                if !state.lend(lease) { state.idle.append(Lease(connection: lease.connection, wasIdle: true, generation: generation)) }
                return true
            }
            if !isWelcome {
                await lease.connection.close()
                grow()
            }
        } catch {
            logger.warning("PostgreSQL gives no connection", metadata: ["reason": "\(error.message)"])
            state.withLock { state in
                state.opening -= 1
                state.outage.grow(error)
            }
            grow()
        }
    }

    private func open() async throws(DatabaseError) -> Connection {
        let connection = Connection(settings, flights: flights)
        try await connection.open()
        return connection
    }

    /// Tells those whose time is over, until nobody waits.
    private func keepTime() async {
        while let deadline = state.withLock({ $0.nextDeadline() }) {
            try? await Task.sleep(until: deadline, clock: .continuous)
            state.withLock { $0.waiters.expire(.now) }
        }
    }
}

extension Pool.State {
    /// Gives the connection to whoever waits longest.
    mutating func lend(_ lease: Lease) -> Bool {
        guard let waiter = waiters.popFirst() else { return false }
        leased += 1
        waiter.resume(.success(lease))
        return true
    }

    mutating func nextDeadline() -> ContinuousClock.Instant? {
        let deadline = waiters.firstDeadline
        hasTimekeeper = deadline != nil
        return deadline
    }

    mutating func finishClosing() {
        guard leased + opening == 0 else { return }
        for continuation in whenClosed { continuation.resume() }
        whenClosed = []
    }
}
