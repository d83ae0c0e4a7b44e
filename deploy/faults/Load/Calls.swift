import AsyncHTTPClient
import Client
import ContractKit
import Foundation

/// Makes calls as a careful client does: under one key until it is certain what became of them.
struct Calls: Sendable {
    let edges: Edges
    let http: HTTPClient
    let history: History
    let control: Control

    /// For how long a call is repeated whose outcome is open.
    static let patience = Duration.seconds(60)

    enum Outcome<Output: Sendable>: Sendable {
        case ok(Output)
        case refused(Problem)
        /// Nobody could say, for as long as it was asked. The history holds it as `unresolved`.
        case open
    }

    /// - Parameters:
    ///   - tokens: nil for calls that need no token.
    ///   - twinShare: how often, of 1,000, an answered write is made once more with its key.
    func make<O: APIOperation>(
        _ operation: O, body: O.Body, _ step: String, of tenant: Tenant, as tokens: TokenStore?, twinShare: Int = 30
    ) async -> Outcome<O.Output> {
        let call = history.nextCall()
        let key = UUID().uuidString.lowercased()
        let label = Wire.Label(call: call, step: step, tenant: tenant.number, canary: tenant.canary)
        let wire = Wire(label, over: transport, history, control)
        let start = ContinuousClock.now
        var turn = call
        while true {
            do {
                let output = try await client(turn, wire, tokens).call(operation, body: body, idempotencyKey: key)
                if O.route.method.writes, call % 1000 < twinShare {
                    var again = label
                    (again.isTwin, again.call) = (true, history.nextCall())
                    _ = try? await client(turn, Wire(again, over: transport, history, control), tokens)
                        .call(operation, body: body, idempotencyKey: key)
                }
                return .ok(output)
            } catch let problem as Problem where wire.isSettled(problem.status, problem) {
                return .refused(problem)
            } catch {
                guard ContinuousClock.now - start < Self.patience else {
                    history.add("unresolved", [Member("call", call), Member("step", step), Member("error", "\(error)")])
                    return .open
                }
            }
            turn += 1
            try? await Task.sleep(for: .milliseconds(Int.random(in: 100...300)))
        }
    }

    func make<O: APIOperation>(
        _ operation: O, _ step: String, of tenant: Tenant, as tokens: TokenStore?
    ) async -> Outcome<O.Output> where O.Body == NoBody {
        await make(operation, body: NoBody(), step, of: tenant, as: tokens)
    }

    private var transport: AsyncHTTPTransport { AsyncHTTPTransport(client: http) }

    private func client(_ turn: Int, _ wire: Wire, _ tokens: TokenStore?) -> PalestraClient {
        var patience = PalestraClient.Patience()
        // Repeated here, where each attempt may go through another door.
        patience.attempts = 1
        patience.timeout = .seconds(10)
        return PalestraClient(baseURL: edges.pick(turn), transport: wire, tokens: tokens, patience: patience)
    }
}
