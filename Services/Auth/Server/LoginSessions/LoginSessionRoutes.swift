import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var loginSessionEndpoints: [Endpoint] {
        [Endpoint.handle(ListLoginSessions.self, listLoginSessions), Endpoint.handle(EndLoginSession.self, endLoginSession)]
    }

    @Sendable private func listLoginSessions(_ call: Call<ListLoginSessions>, _ tx: Transaction) async throws -> Page<LoginSession> {
        try await loginSessions.list(
            of: call.caller, cursor: call.input.cursor, limit: call.input.limit ?? .standard, now: call.now, in: tx)
    }

    @Sendable private func endLoginSession(_ call: Call<EndLoginSession>, _ tx: Transaction) async throws -> NoContent {
        guard try await loginSessions.end(call.input.loginSessionID, of: call.caller, .ended, now: call.now, in: tx) else {
            throw Problem.notFound
        }
        return NoContent()
    }
}
