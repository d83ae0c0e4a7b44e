import Synchronization

/// A connection outside the pool whose statements each commit by themselves. What a session holds, such as an advisory
/// lock, is gone when the session is: every call says so by throwing ``DatabaseError`` of kind `.connectionLost`.
public final class DatabaseSession: Sendable {
    private let connection: Connection
    private let alive = Mutex(true)

    init(_ connection: Connection) { self.connection = connection }

    /// Whether the last statement found the connection well. A connection that broke since is noticed by the next one.
    public var isAlive: Bool { alive.withLock(\.self) }

    /// All rows, decoded like those of ``Transaction/query(_:as:)``.
    ///
    /// `before` goes with it in one round trip, as one transaction: the query sees what it did, and when one fails neither has happened.
    public func query<Row: Decodable & Sendable>(_ sql: SQL, before: [SQL] = [], as type: Row.Type = Row.self) async throws -> [Row] {
        try await run(before + [sql]).rows()
    }

    /// Runs a statement for its effect. - Returns: how many rows it touched.
    @discardableResult public func execute(_ sql: SQL) async throws -> Int { try await run([sql]).touched }

    /// Ends the session, and with it whatever it holds.
    public func close() async {
        alive.withLock { $0 = false }
        await connection.close()
    }

    private func run(_ statements: [SQL]) async throws -> ResultSet {
        let landing = await connection.flyCancellably(statements)
        if landing.status == .broken { alive.withLock { $0 = false } }
        guard let result = try landing.get().last else { throw DatabaseError.lost }
        return result
    }
}
