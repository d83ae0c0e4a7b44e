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
    /// The connection is at fault, not the statement: it prepared it before a migration changed what it returns, or its
    /// server has become a standby.
    var isStale = false

    /// Whether the same transaction, run again, may succeed: serialization failures, deadlocks, lost connections before COMMIT.
    public var isRetriable: Bool {
        switch kind {
        case .connectionFailed, .connectionLost: true
        case .server: isStale || sqlState.map(Self.isPassing) ?? false
        case .commitOutcomeUnknown, .rolledBack, .poolExhausted, .closed, .rowMissing, .decoding, .cancelled: false
        }
    }

    /// Errors that lie in the moment, not in the statement.
    private static func isPassing(_ state: String) -> Bool {
        // Serialization failure, deadlock, lock timeout, shutdown and start of the server; class 08 is the connection.
        let states: Set = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03"]
        return states.contains(state) || state.hasPrefix("08")
    }

    public var description: String {
        let parts = [String(describing: kind), sqlState, constraint, isOwnMessage ? message : nil]
        return parts.compactMap(\.self).joined(separator: " ")
    }

    /// Texts of the server and of libpq may name hosts, roles and values.
    private var isOwnMessage: Bool {
        switch kind {
        case .server, .connectionFailed, .connectionLost: false
        case .commitOutcomeUnknown, .rolledBack, .poolExhausted, .closed, .rowMissing, .decoding, .cancelled: true
        }
    }

    public init(kind: Kind, sqlState: String? = nil, constraint: String? = nil, message: String) {
        (self.kind, self.sqlState, self.constraint, self.message) = (kind, sqlState, constraint, message)
    }
}

extension DatabaseError {
    static let cancelled = DatabaseError(kind: .cancelled, message: "the task was cancelled")
    static let closed = DatabaseError(kind: .closed, message: "the database was closed")
    static let lost = DatabaseError(kind: .connectionLost, message: "the connection was lost")
    static let ended = DatabaseError(kind: .closed, message: "the transaction has ended")
    static let rowMissing = DatabaseError(kind: .rowMissing, message: "a row that must be there is missing")
}
