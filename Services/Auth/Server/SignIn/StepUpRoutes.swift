import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var stepUpEndpoints: [Endpoint] { [Endpoint.handle(StepUp.self, preparing: checkPasswordToStepUp, stepUp)] }

    @Sendable private func checkPasswordToStepUp(_ call: Call<StepUp>) async throws -> PasswordProof {
        try await proven(call, call.body.password).proof
    }

    @Sendable private func stepUp(_ call: Call<StepUp>, _ proof: PasswordProof, _ tx: Transaction) async throws -> StepUp.Output {
        let (caller, now) = (try call.caller, call.now)
        let account = try await accounts.hold(proof, in: tx)
        try await checkIfEnabled(call.body.code, of: account, call, in: tx)
        guard let session = try await loginSessions.open(caller, now: now, in: tx) else { throw Problem(.unauthenticated) }
        let lifetime = min(TokenIssuer.longestLifetime, max(1, Int(session.endsAt.timeIntervalSince(now))))
        let token = try await loginSessions.issuer.accessToken(
            for: caller.personID, in: caller.organizationID, roles: session.roles, loginSession: caller.loginSessionID,
            authenticatedAt: now, lifetime: lifetime, now: now)
        return StepUp.Output(accessToken: token, expiresIn: lifetime)
    }
}

extension LoginSessionStore {
    struct Open: Decodable, Sendable {
        /// The person's, of this moment.
        var roles: [Role]
        var endsAt: Date
    }

    /// Nil when the one that the caller is signed in with has ended.
    fileprivate func open(_ caller: Caller, now: Date, in tx: Transaction) async throws -> Open? {
        try await tx.first(
            """
            select p.roles, s.ends_at from login_sessions s join people p using (organization_id, person_id)
            where s.organization_id = \(caller.organizationID) and s.login_session_id = \(caller.loginSessionID)
                and s.person_id = \(caller.personID) and s.ended_at is null and s.expires_at > \(now)
                and p.is_active and p.deleted_at is null
            """)
    }
}
