import ContractKit
import Foundation
import HTTPTypes
import Postgres

/// What every call of one operation goes through, in this order: token (401), scope and role (403), path (404), query (422), body
/// (415, 413, 400, 422), conditions, and then the transaction with the idempotency row and the handler.
struct BoundOperation<O: APIOperation, Prepared: Sendable>: Sendable {
    /// Whether `preparing` is the service's own: worth looking for a stored answer before it runs.
    let takesTime: Bool
    let preparing: @Sendable (Call<O>) async throws -> Prepared
    let body: @Sendable (Call<O>, Prepared, Transaction) async throws -> O.Output

    func answer(_ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let caller = try await surroundings.caller(of: exchange, for: O.self)
        if let caller { exchange.state.note(caller) }
        let input = try exchange.parameters(of: O.self)
        let isForm = O.Body.self is any FormBody.Type && MediaType.isForm(exchange.headers[.contentType])
        let bytes =
            O.hasBody
            ? try await exchange.collectBody(upTo: O.bodyLimit, optional: O.Body.self is any OptionalBody.Type, isForm: isForm) : Data()
        let call = Call<O>(
            input: input, body: try isForm ? formBody(bytes) : decodedBody(bytes), optionalCaller: caller, now: surroundings.now(),
            requestID: exchange.requestID,
            expectedVersion: O.route.method.writes ? try exchange.expectedVersion() : nil,
            address: exchange.address, userAgent: exchange.headers[.userAgent] ?? "")
        return O.route.method.writes
            ? try await write(call, bytes, exchange, surroundings) : try await read(call, exchange, surroundings)
    }

    private func read(_ call: Call<O>, _ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let access = try AccessLog(call, exchange)
        let prepared = try await preparing(call)
        let output = try await surroundings.repeating {
            try await surroundings.database.transaction(as: tenant(of: call), readOnly: access == nil) { tx in
                let output = try await body(call, prepared, tx)
                try access?.note(output, in: tx)
                return output
            }
        }
        return try Answer(output, status: O.success).unlessKnown(to: exchange)
    }

    private func write(_ call: Call<O>, _ bytes: Data, _ exchange: Exchange, _ surroundings: Surroundings) async throws -> Answer {
        let memory = try exchange.idempotencyKey().map {
            IdempotencyMemory(key: $0, exchange: exchange, operation: O.self, body: bytes, caller: call.optionalCaller)
        }
        if takesTime, let memory {
            let replay = try await surroundings.database.transaction(as: nil, readOnly: true) { tx in try await memory.storedAnswer(in: tx)
            }
            if let replay { return replay }
        }
        let prepared = try await preparing(call)
        let origin = call.origin
        do {
            return try await surroundings.repeating {
                try await surroundings.database.transaction(as: tenant(of: call), from: origin) { tx in
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
        }
    }

    /// Operations that everyone may call belong to no organization until their handler enters one.
    private func tenant(of call: Call<O>) -> Tenant? {
        guard O.access != .everyone, let caller = call.optionalCaller else { return nil }
        return Tenant(caller.organizationID, person: caller.personID, isNarrowed: !O.route.method.writes && caller.ownPerson != nil)
    }

    private func formBody(_ bytes: Data) throws -> O.Body {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(.badRequest, detail: "The body is not UTF-8") }
        return try Parameters.decode(O.Body.self, from: Exchange.queryParameters(text[...]))
    }

    private func decodedBody(_ bytes: Data) throws -> O.Body {
        if let nothing = NoBody() as? O.Body { return nothing }
        do {
            return try JSON.decode(O.Body.self, from: bytes.isEmpty && O.Body.self is any OptionalBody.Type ? Data("{}".utf8) : bytes)
        } catch is JSON.Malformed {
            throw Problem(.malformedJSON)
        }
    }
}
