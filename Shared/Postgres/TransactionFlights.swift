import Synchronization

extension Transaction {
    /// Sends what is pending and `statements` in one flight, with BEGIN and the settings before the first.
    func send(_ statements: [SQL]) async throws -> [ResultSet] {
        await turns.take()
        defer { turns.pass() }
        return try await sendInTurn(statements)
    }

    private func sendInTurn(_ statements: [SQL]) async throws -> [ResultSet] {
        let plan = try compose(statements)
        let (lease, flight, isLast) = (plan.lease, plan.statements, plan.isLast)
        if Task.isCancelled {
            state.withLock { $0.isDoomed = true }
            throw DatabaseError.cancelled
        }
        var landing = await lease.connection.flyCancellably(flight)
        if plan.isFirst, lease.wasIdle, landing.status == .broken, !landing.wasAnswered, landing.failure?.kind != .cancelled {
            // It had died in the pool, as the others there probably have, and no statement was answered.
            landing = await replace(lease).flyCancellably(flight)
        }
        if landing.failure?.sqlState == "25006" && !readOnly { landing.failure?.isStale = true }
        if landing.failure?.isStale == true { pool.retireIdle() }
        let (failure, status) = (landing.failure, landing.status)
        state.withLock { state in
            // Not even BEGIN was done when a statement was refused on this side.
            if status != .idle { state.phase = .open } else if isLast { state.phase = .unsent }
            if status == .broken || failure != nil && status != .failedTransaction { state.isDoomed = true }
        }
        try judge(landing.results, plan)
        let results = try landing.get()
        return isLast ? results.dropLast() : results
    }

    /// A refusal of the whole transaction comes before what became of its statements.
    private func judge(_ results: [ResultSet], _ plan: Plan) throws {
        for (pending, result) in zip(plan.pending, results.dropFirst(plan.opening)) {
            do {
                try pending.judge?(result)
            } catch {
                state.withLock { $0.isDoomed = true }
                throw error
            }
        }
    }

    /// One flight of a transaction.
    private struct Plan {
        var statements: [SQL]
        /// How many of `statements` open the transaction.
        var opening: Int
        /// Those of `statements` that come next, because they waited for a flight.
        var pending: [Pending]
        var lease: Lease
        var isFirst: Bool
        var isLast: Bool
    }

    private func compose(_ statements: [SQL]) throws(DatabaseError) -> Plan {
        try state.withLock { state throws(DatabaseError) in
            if state.phase == .ended { throw .ended }
            let isFirst = state.phase == .unsent
            var opening: [SQL] = isFirst ? [readOnly ? "begin read only" : "begin"] : []
            if isFirst, let tenant = state.tenant { opening.append(tenant.settings(from: state.origin, isFirst: true)) }
            let (pending, isLast) = (state.pending, state.commitsWithNext)
            (state.pending, state.commitsWithNext) = ([], false)
            return Plan(
                statements: opening + pending.map(\.sql) + statements + (isLast ? ["commit"] : []), opening: opening.count,
                pending: pending, lease: state.lease, isFirst: isFirst, isLast: isLast)
        }
    }

    /// A fresh connection in place of a dead one.
    private func replace(_ lease: Lease) async -> any Flying {
        pool.retireIdle()
        do {
            let fresh = try await pool.exchange(lease)
            state.withLock { $0.lease = fresh }
            return fresh.connection
        } catch {
            return Grounded(reason: error)
        }
    }

    /// - Returns: the signals to fire.
    func commit() async throws -> Set<String> {
        await turns.take()
        defer { turns.pass() }
        let (phase, isDoomed, signals, waiting) = state.withLock { ($0.phase, $0.isDoomed, $0.signals, $0.pending) }
        if phase == .unsent && waiting.isEmpty && !isDoomed {
            release(.idle)
            return signals
        }
        if isDoomed {
            if await end() == .broken { throw DatabaseError.lost }
            throw DatabaseError(kind: .rolledBack, message: "an earlier error was swallowed")
        }
        if phase == .unsent || waiting.contains(where: { $0.judge != nil }) {
            // BEGIN goes before COMMIT: a connection found dead by the first costs nothing, one lost during the other does.
            do {
                _ = try await sendInTurn([])
            } catch {
                await end()
                throw error
            }
        }
        let (pending, lease) = state.withLock { ($0.pending, $0.lease) }
        // Not cancellable: whoever gave up would not learn the outcome.
        let landing = await lease.connection.fly(pending.map(\.sql) + ["commit"], cancellation: nil)
        if let error = Self.verdict(landing) {
            state.withLock { $0.pending = [] }
            await end(landing.status)
            throw error
        }
        release(landing.status)
        return signals
    }

    /// What COMMIT's answer means; nil when it happened.
    private static func verdict(_ landing: Landing) -> DatabaseError? {
        if let failure = landing.failure {
            // Ended for idling, before COMMIT came; and an error of a statement before COMMIT is known as well.
            if failure.kind == .connectionLost && failure.sqlState != "25P03" {
                return DatabaseError(
                    kind: .commitOutcomeUnknown, sqlState: failure.sqlState, message: "the connection was lost during COMMIT")
            }
            return failure
        }
        guard landing.results.last?.tag == "COMMIT" else {
            return DatabaseError(kind: .rolledBack, message: "COMMIT was answered with ROLLBACK: an earlier error was swallowed")
        }
        return nil
    }

    /// Gives up whatever was done, and the connection back.
    func rollBack() async {
        await turns.take()
        defer { turns.pass() }
        await end()
    }

    @discardableResult private func end(_ known: Landing.Status? = nil) async -> Landing.Status {
        let (phase, lease) = state.withLock { ($0.phase, $0.lease) }
        var status = known ?? .idle
        if phase == .open && status != .broken && known != .idle {
            status = await lease.connection.fly(["rollback"], cancellation: nil).status
        }
        if phase != .ended { release(status) }
        return status
    }

    private func release(_ status: Landing.Status) {
        let lease = state.withLock { state in
            state.phase = .ended
            return state.lease
        }
        pool.release(lease, reusable: status == .idle)
    }
}

/// A connection, or the reason why there is none.
private protocol Flying: Sendable {
    func flyCancellably(_ statements: [SQL]) async -> Landing
}
extension Connection: Flying {}
private struct Grounded: Flying {
    let reason: DatabaseError
    func flyCancellably(_ statements: [SQL]) async -> Landing { Landing(failure: reason, status: .broken) }
}
