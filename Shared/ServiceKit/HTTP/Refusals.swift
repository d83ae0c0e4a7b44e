import ContractKit
import FieldEncryption
import FileStore
import Foundation
import Logging
import Postgres

/// What the client is told of an error. Nothing internal: what happened goes into the log, under the same request id.
struct Refusal {
    let problem: Problem
    /// How the log tells it; nil for what is the client's own doing.
    let logLevel: Logger.Level?

    init(_ error: any Error, requestID: String) {
        switch error {
        case let problem as Problem:
            self.init(problem, logLevel: problem.status >= 500 ? .warning : nil)
        case let error as DecodingError:
            self.init(Problem(error), logLevel: nil)
        case let error as DatabaseError:
            self.init(error, requestID: requestID)
        case FieldEncryptionError.away:
            self.init(Problem(.unavailable, retryAfter: 10), logLevel: .error)
        case FileStoreError.away:
            self.init(Problem(.unavailable, retryAfter: 10), logLevel: .error)
        default:
            self.init(Self.internalError(requestID), logLevel: .error)
        }
    }

    private init(_ problem: Problem, logLevel: Logger.Level?) {
        self.problem = problem
        self.logLevel = logLevel
    }

    private init(_ error: DatabaseError, requestID: String) {
        switch error.kind {
        case .commitOutcomeUnknown:
            self.init(Problem(.outcomeUnknown, retryAfter: 1), logLevel: .warning)
        case .connectionFailed, .connectionLost, .poolExhausted, .closed, .cancelled:
            self.init(Problem(.unavailable, retryAfter: 1), logLevel: .warning)
        case .server where error.isRetriable:
            self.init(Problem(.unavailable, retryAfter: 1), logLevel: .warning)
        case .server:
            self.init(Self.problem(sqlState: error.sqlState ?? "", requestID: requestID), logLevel: .error)
        case .rolledBack, .rowMissing, .decoding:
            self.init(Self.internalError(requestID), logLevel: .error)
        @unknown default:
            self.init(Self.internalError(requestID), logLevel: .error)
        }
    }

    /// A violation that the service did not map is its own mistake, hence the log line; the client can still learn its class.
    private static func problem(sqlState: String, requestID: String) -> Problem {
        switch sqlState {
        case "23505", "23P01": Problem(.conflict)
        case "23503", "23514": Problem(.validation)
        case let state where state.hasPrefix("22"): Problem(.validation)
        // Statement and lock timeouts.
        case "57014", "55P03": Problem(.unavailable, retryAfter: 1)
        // Resources that run short, a server that shuts down, a disk that fails.
        case let state where ["53", "57P", "58"].contains { state.hasPrefix($0) }: Problem(.unavailable, retryAfter: 1)
        default: internalError(requestID)
        }
    }

    private static func internalError(_ requestID: String) -> Problem {
        Problem(.internalError, detail: "Tell us this request id and we can look it up: \(requestID)")
    }
}
