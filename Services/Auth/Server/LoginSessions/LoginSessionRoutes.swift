import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var loginSessionEndpoints: [Endpoint] {
        [
            Endpoint.handle(ListLoginSessions.self, listLoginSessions), Endpoint.handle(EndLoginSession.self, endLoginSession),
            Endpoint.handle(EndOtherLoginSessions.self, endOtherLoginSessions),
            Endpoint.handle(EndLoginSessionsOfPerson.self, endLoginSessionsOfPerson),
        ]
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

    @Sendable private func endOtherLoginSessions(_ call: Call<EndOtherLoginSessions>, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.account(of: call.caller, in: tx)
        try await endLoginSessions(of: account.accountID, .ended, except: call.caller.loginSessionID, now: call.now, in: tx)
        return NoContent()
    }

    @Sendable private func endLoginSessionsOfPerson(
        _ call: Call<EndLoginSessionsOfPerson>, _ tx: Transaction
    ) async throws -> NoContent {
        let (caller, person) = (try call.caller, call.input.personID)
        guard let found = try await people.find(caller.organizationID, person, in: tx) else { throw Problem.notFound }
        guard caller.roles.contains(.owner) || !found.roles.contains(.owner) else { throw Problem(.forbidden) }
        try await loginSessions.endAll(caller.organizationID, person, .ended, now: call.now, in: tx)
        return NoContent()
    }
}
