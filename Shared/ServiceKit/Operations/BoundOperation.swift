import ContractKit
import Foundation
import HTTPTypes
import Postgres

/// What every call of one operation goes through: admission (`Surroundings.admit`), and then the transaction with the idempotency row
/// and the handler.
struct BoundOperation<O: APIOperation, Prepared: Sendable>: Sendable {
    /// Whether `preparing` is the service's own: worth looking for a stored answer before it runs.
    let takesTime: Bool
    let preparing: @Sendable (Call<O>) async throws -> Prepared
    let body: @Sendable (Call<O>, Prepared, Transaction) async throws -> O.Output

    /// The largest body that is taken, in bytes, where the service is set to less than the operation declares.
    var bodyLimit: Int?

    func answer(_ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let lease = FileLease(surroundings.fileMemory)
        let (call, bytes) = try await surroundings.admit(exchange, to: O.self, bodyLimit: bodyLimit, lease: lease)
        defer { withExtendedLifetime(lease) {} }
        return O.route.method.writes
            ? try await write(call, bytes, exchange, surroundings) : try await read(call, exchange, surroundings)
    }

    private func read(_ call: Call<O>, _ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let access = try AccessLog(call, exchange)
        let prepared = try await preparing(call)
        let output = try await surroundings.repeating {
            try await surroundings.database.transaction(as: surroundings.tenant(of: call), readOnly: access == nil) { tx in
                let output = try await body(call, prepared, tx)
                try access?.note(output, in: tx)
                return output
            }
        }
        return try Answer(output, status: O.success).unlessKnown(to: exchange)
    }

    private func write(_ call: Call<O>, _ bytes: Data, _ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        if O.access != .everyone, !O.access.isPlatform, surroundings.appConfig.isReadOnly { throw Problem(.readOnly, retryAfter: 30) }
        let memory = try exchange.idempotencyKey().map {
            IdempotencyMemory(
                key: $0, exchange: exchange, operation: O.self, body: bytes, caller: call.optionalCaller, platform: call.platformCaller)
        }
        if takesTime, let replay = try await memory?.storedAnswer(in: surroundings.database) { return replay }
        let prepared = try await preparing(call)
        let origin = call.origin
        do {
            return try await surroundings.repeating {
                try await surroundings.database.transaction(as: surroundings.tenant(of: call), from: origin) { tx in
                    memory?.begin(in: tx)
                    let answer: Answer
                    do {
                        answer = try Answer(try await body(call, prepared, tx), status: O.success)
                    } catch let lasting as LastingRefusal {
                        answer = Answer(lasting.refusal)
                    } catch {
                        // What an earlier call was answered counts more than a refusal that came before any statement.
                        if memory != nil { try await tx.start() }
                        throw error
                    }
                    try memory?.store(answer, in: tx)
                    return answer
                }
            }
        } catch let replay as IdempotencyMemory.Replay {
            return replay.answer
        } catch let error as DatabaseError where error.sqlState == "42501" && call.optionalCaller?.locationIDs != nil {
            // The policies keep everything that somebody changes at the locations where they work.
            throw Problem(.forbidden)
        } catch let refusal where refusal.isRefusal {
            // A twin that commits between the snapshot and the lock of our first statement shows only in what it did, which may
            // refuse us before the primary key of the answers does: what it was answered is our answer too.
            if let replay = try await memory?.storedAnswer(in: surroundings.database) { return replay }
            throw refusal
        }
    }
}

extension Error {
    /// Whether the call itself was refused, by the service or by a constraint of its database; not that something is broken or busy.
    fileprivate var isRefusal: Bool {
        if let problem = self as? Problem { return problem.status < 500 }
        return (self as? DatabaseError)?.sqlState?.hasPrefix("23") ?? false
    }
}
