public import Foundation
public import Logging

/// Whose rows a transaction may see: what row-level security reads.
public struct Tenant: Sendable, Hashable {
    public var organizationID: UUID
    public var personID: UUID?

    public init<Organization: RawRepresentable<UUID>, Person: RawRepresentable<UUID>>(_ organization: Organization, person: Person?) {
        organizationID = organization.rawValue
        personID = person?.rawValue
    }

    public init<Organization: RawRepresentable<UUID>>(_ organization: Organization) {
        organizationID = organization.rawValue
        personID = nil
    }
}

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

        public init(
            url: String, schema: String, applicationName: String, maximumConnections: Int = 8,
            acquireTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(5)
        ) {
            self.url = url
            self.schema = schema
            self.applicationName = applicationName
            self.maximumConnections = maximumConnections
            self.acquireTimeout = acquireTimeout
            self.statementTimeout = statementTimeout
        }
    }

    public init(_ configuration: Configuration, logger: Logger) { fatalError() }

    /// Runs `body` in one transaction and commits it; whatever `body` throws rolls it back.
    ///
    /// `BEGIN`, the tenant's settings and the first statement are one round trip. The commit is believed only by its command
    /// tag; a connection lost during it throws ``DatabaseError`` with ``DatabaseError/Kind/commitOutcomeUnknown``.
    public func transaction<Result: Sendable>(
        as tenant: Tenant? = nil, readOnly: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> Result
    ) async throws -> Result { fatalError() }

    /// Fires after each commit of a transaction, in this process, that called ``Transaction/signal(_:)`` with `name`; bursts fold into one.
    public func signals(_ name: String) -> AsyncStream<Void> { fatalError() }

    /// Whether a connection can be had and answers, within `timeout`.
    public func isReachable(within timeout: Duration = .seconds(2)) async -> Bool { fatalError() }

    /// Waits for running transactions, then closes every connection.
    public func close() async { fatalError() }
}

/// A transaction that is under way. Statements run one after the other on one connection.
public final class Transaction: Sendable {
    /// All rows, decoded by column name (`session_id` into `sessionID`); a scalar type takes the first column.
    public func query<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> [Row] { fatalError() }
    /// The first row, or nil when there is none.
    public func first<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row? { fatalError() }
    /// The one row that must be there. - Throws: ``DatabaseError`` of kind `.rowMissing` when it is not.
    public func one<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row { fatalError() }
    /// Runs a statement for its effect. - Returns: how many rows it touched.
    @discardableResult public func execute(_ sql: SQL) async throws -> Int { fatalError() }
    /// Sends a statement along with the next one, or with COMMIT: for inserts whose row count decides nothing.
    public func later(_ sql: SQL) { fatalError() }
    /// Changes whose rows the rest of the transaction sees: for sign-up and sign-in, which learn the organization on the way.
    public func enter(_ tenant: Tenant) async throws { fatalError() }
    /// Fires ``Database/signals(_:)`` of this name once the transaction is committed.
    public func signal(_ name: String) { fatalError() }
    /// Runs a part that may fail without losing the whole: a savepoint.
    public func savepoint<Result: Sendable>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result) async throws -> Result { fatalError() }
    init() {}
}

/// What went wrong between us and PostgreSQL. Its description holds no values, no SQL and no host.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The server refused a statement; see ``DatabaseError/sqlState``.
        case server
        case connectionFailed
        case connectionLost
        /// The connection broke during COMMIT: it may have happened.
        case commitOutcomeUnknown
        /// COMMIT was answered with ROLLBACK: an earlier error was swallowed.
        case rolledBack
        case poolExhausted
        case closed
        case rowMissing
        case decoding
        case cancelled
    }

    public var kind: Kind
    /// Five characters; see the PostgreSQL manual, appendix A.
    public var sqlState: String?
    /// The constraint that was violated: what callers decide by.
    public var constraint: String?
    /// The server's primary message, for logs only: it may not name values, its DETAIL (which may) is dropped.
    public var message: String

    /// Whether the same transaction, run again, may succeed: serialization failures, deadlocks, lost connections before COMMIT.
    public var isRetriable: Bool { fatalError() }
    public var description: String { fatalError() }
    public init(kind: Kind, sqlState: String? = nil, constraint: String? = nil, message: String) {
        (self.kind, self.sqlState, self.constraint, self.message) = (kind, sqlState, constraint, message)
    }
}
