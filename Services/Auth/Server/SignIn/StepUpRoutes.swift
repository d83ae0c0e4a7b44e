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
        let account = try await accounts.hold(proof, in: tx)
        if try await checkIfEnabled(call.body.code, of: account, call, in: tx) {
            try await loginSessions.gaveBoth(call.caller, now: call.now, in: tx)
        }
        return try await steppedUp(call.caller, now: call.now, in: tx)
    }

    /// What somebody gets who has proved once more who they are.
    func steppedUp(_ caller: Caller, now: Date, in tx: Transaction) async throws -> StepUp.Output {
        guard let session = try await loginSessions.open(caller, now: now, in: tx) else { throw Problem(.unauthenticated) }
        let lifetime = min(TokenIssuer.longestLifetime, max(1, Int(session.endsAt.timeIntervalSince(now))))
        let token = try await loginSessions.issuer.accessToken(
            for: caller.personID, in: caller.organizationID, roles: session.roles, locations: session.locationIDs,
            loginSession: caller.loginSessionID, authenticatedAt: now, mustEnrol: session.lacksFactor && session.roles.areStaff,
            lifetime: lifetime, now: now)
        return StepUp.Output(accessToken: token, expiresIn: lifetime)
    }
}

extension LoginSessionStore {
    struct Open: Decodable, Sendable {
        /// The person's, of this moment.
        var roles: [Role]
        var locationIDs: [LocationID]
        var endsAt: Date
        /// Whether the organization asks for a second factor that was not given.
        var lacksFactor: Bool
    }

    /// Nil when the one that the caller is signed in with has ended.
    fileprivate func open(_ caller: Caller, now: Date, in tx: Transaction) async throws -> Open? {
        try await tx.first(
            """
            select p.roles, p.location_ids, s.ends_at, o.requires_second_factor and s.second_factor_at is null as lacks_factor
            from login_sessions s join people p using (organization_id, person_id) join organizations o using (organization_id)
                join accounts a on a.account_id = s.account_id
            where s.organization_id = \(caller.organizationID) and s.login_session_id = \(caller.loginSessionID)
                and s.person_id = \(caller.personID) and s.ended_at is null and s.expires_at > \(now)
                and p.is_active and p.deleted_at is null and o.is_active and o.deleted_at is null and a.status = 'active'
            """)
    }
}
