import ContractKit
import Postgres

/// What an error of a reaction means for the event.
enum Failure: Hashable {
    /// The database, not the event, is at fault: tried again until it heals, never counted.
    case infrastructure
    /// The event is early.
    case early(String)
    /// It counts as an attempt.
    case counted(String)
    /// It can never succeed.
    case poison(String)

    init(_ error: any Error) {
        switch error {
        case ReactionError.poison(let reason): self = .poison(reason)
        case ReactionError.notYet(let reason): self = .early(reason)
        case let error as DatabaseError where error.heals: self = .infrastructure
        case is CancellationError: self = .infrastructure
        default: self = .counted(Self.describe(error))
        }
    }

    /// For logs and dead letters. Errors of the database hold no values; others may quote what they failed on, so only
    /// their type is told.
    static func describe(_ error: any Error) -> String {
        (error as? DatabaseError)?.description ?? String(reflecting: Swift.type(of: error))
    }
}

extension DatabaseError {
    /// Whether waiting helps, whatever the statements were: the connection, the server's state or other transactions are
    /// at fault. An unknown outcome is among them, because the inbox tells whether it happened.
    var heals: Bool {
        switch kind {
        case .connectionFailed, .connectionLost, .commitOutcomeUnknown, .poolExhausted, .closed, .cancelled: return true
        case .rolledBack, .rowMissing, .decoding: return false
        case .server:
            guard let sqlState else { return false }
            // 08 connection, 53 out of memory, disk or connections, 57P0x shutting down or starting, 58 the disk fails; serialization
            // failure, deadlock, lock not available.
            return ["08", "53", "57P", "58"].contains { sqlState.hasPrefix($0) } || ["40001", "40P01", "55P03"].contains(sqlState)
        }
    }
}
