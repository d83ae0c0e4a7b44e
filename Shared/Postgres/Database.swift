public import Logging

/// A bounded pool of connections to one database.
public final class Database: Sendable {
    public struct Configuration: Sendable {
        /// A libpq connection string or URL; several hosts and TLS by libpq's own parameters.
        public var url: String
        /// The schema that unqualified names mean.
        public var schema: String
        public var applicationName: String
        public var maximumConnections: Int
        /// How long a transaction may wait for a connection before ``DatabaseError`` says that the pool is exhausted.
        public var acquireTimeout: Duration
        public var statementTimeout: Duration
        /// How long a statement may wait for one lock.
        public var lockTimeout: Duration

        public init(
            url: String, schema: String, applicationName: String, maximumConnections: Int = 8,
            acquireTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(5), lockTimeout: Duration = .seconds(2)
        ) {
            self.url = url
            self.schema = schema
            self.applicationName = applicationName
            self.maximumConnections = maximumConnections
            self.acquireTimeout = acquireTimeout
            self.statementTimeout = statementTimeout
            self.lockTimeout = lockTimeout
        }
    }

    private let settings: ConnectionSettings
    let pool: Pool
    private let listeners = Signals()
    /// Round trips so far.
    let flights = FlightCounter()

    public init(_ configuration: Configuration, logger: Logger) {
        settings = ConnectionSettings(configuration)
        pool = Pool(settings, configuration, flights: flights, logger: logger)
    }

    /// Runs `body` in one transaction and commits it; whatever `body` throws rolls it back.
    ///
    /// `BEGIN`, the tenant's settings and the first statement are one round trip. The commit is believed only by its command
    /// tag; a connection lost during it throws ``DatabaseError`` with ``DatabaseError/Kind/commitOutcomeUnknown``. `origin` is what the
    /// audit log says of whatever it changes.
    public func transaction<Result: Sendable>(
        as tenant: Tenant? = nil, from origin: Origin? = nil, readOnly: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = Transaction(pool: pool, lease: try await pool.acquire(), tenant: tenant, origin: origin, readOnly: readOnly)
        let result: Result
        do {
            result = try await body(transaction)
        } catch {
            await transaction.rollBack()
            throw error
        }
        listeners.fire(try await transaction.commit())
        return result
    }

    /// Fires after each commit of a transaction, in this process, that called ``Transaction/signal(_:)`` with `name`; bursts fold into one.
    public func signals(_ name: String) -> AsyncStream<Void> { listeners.stream(name) }

    /// A connection of its own, outside the pool, for what belongs to a session: advisory locks.
    ///
    /// - Throws: ``DatabaseError`` of kind `.connectionFailed`.
    public func session() async throws -> DatabaseSession {
        let connection = Connection(settings, flights: flights)
        try await connection.open()
        return DatabaseSession(connection)
    }

    /// Whether a connection can be had and answers, within `timeout`.
    public func isReachable(within timeout: Duration = .seconds(2)) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.transaction { try await $0.execute("select 1") }) != nil }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Waits for running transactions, then closes every connection.
    public func close() async {
        await pool.close()
        listeners.close()
    }
}

extension Database {
    /// The threads that wait for PostgreSQL, one per core. A task that prefers them (`withTaskExecutorPreference`) runs where the
    /// answers to its statements arrive, and never changes threads for one.
    public static var executor: any TaskExecutor { FlightThreads.shared }
}
