import Synchronization

extension Transaction {
    /// Runs a part that may fail without losing the whole: a savepoint.
    ///
    /// Statements of other tasks that run meanwhile belong to the part as well.
    public func savepoint<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        // What waits from before the part must not fail inside of it.
        if state.withLock({ !$0.pending.isEmpty }) { _ = try await send([]) }
        let (name, wasDoomed) = state.withLock { state in
            state.savepoints += 1
            return (SQL.identifier("part_\(state.savepoints)"), state.isDoomed)
        }
        _ = try await send(["savepoint \(name)"])
        do {
            let result = try await body()
            _ = try await send(["release savepoint \(name)"])
            return result
        } catch {
            // Its statements that were not sent are not to be.
            state.withLock { $0.pending = [] }
            // When this fails too, the error that led here is the one to tell, and COMMIT will be answered with ROLLBACK.
            if (try? await backTo(name)) != nil { state.withLock { $0.isDoomed = wasDoomed } }
            throw error
        }
    }

    private func backTo(_ name: SQL) async throws {
        // Also when the task was cancelled: otherwise the rest of the transaction would carry half a part.
        await turns.take()
        defer { turns.pass() }
        let lease = state.withLock(\.lease)
        _ = try await lease.connection.fly(["rollback to savepoint \(name)", "release savepoint \(name)"], cancellation: nil).get()
    }
}
