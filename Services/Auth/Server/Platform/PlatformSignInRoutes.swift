import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var platformEndpoints: [Endpoint] { platformSignInEndpoints + platformAdminEndpoints + platformOrganizationEndpoints }

    private var platformSignInEndpoints: [Endpoint] {
        [
            Endpoint.handle(PlatformLogin.self, preparing: checkPassword, platformLogin),
            platform(EnrolPlatformSecondFactor.self, enrol),
            platform(GivePlatformSecondFactor.self, giveCode),
            platform(PlatformLogout.self, logout),
        ]
    }

    /// An operation of those who run the installation: their login session is held against the table before anything is done, and the
    /// transaction may see which organizations there are.
    func platform<O: APIOperation>(
        _ operation: O.Type, _ body: @escaping @Sendable (Call<O>, PlatformAdminRow, Transaction) async throws -> O.Output
    ) -> Endpoint {
        Endpoint.handle(operation) { [platformSessions] call, tx in
            guard let caller = call.platformCaller else { throw Problem(.unauthenticated) }
            let admin = try await platformSessions.admin(caller, now: call.now, in: tx)
            try await tx.enter(Tenant(.none, admin: admin.platformAdminID))
            if O.access == .platform {
                try await tx.execute("select set_config('app.platform_admin_id', \(admin.platformAdminID.description), true)")
            }
            return try await body(call, admin, tx)
        }
    }

    /// The same for what takes time. Only the token has been looked at before `preparing`.
    func platform<O: APIOperation, Prepared: Sendable>(
        _ operation: O.Type, preparing: @escaping @Sendable (Call<O>) async throws -> Prepared,
        _ body: @escaping @Sendable (Call<O>, Prepared, Transaction) async throws -> O.Output
    ) -> Endpoint {
        Endpoint.handle(operation, preparing: preparing) { [platformSessions] call, prepared, tx in
            guard let caller = call.platformCaller else { throw Problem(.unauthenticated) }
            let admin = try await platformSessions.admin(caller, now: call.now, in: tx)
            try await tx.enter(Tenant(.none, admin: admin.platformAdminID))
            return try await body(call, prepared, tx)
        }
    }

    @Sendable private func checkPassword(_ call: Call<PlatformLogin>) async throws -> PlatformAdminRow {
        try await platformPasswordCheck.proof(
            call.body.username, call.body.password.rawValue, from: NetworkPlace(call.address), now: call.now)
    }

    @Sendable private func platformLogin(
        _ call: Call<PlatformLogin>, _ proven: PlatformAdminRow, _ tx: Transaction
    ) async throws -> PlatformTokens {
        guard let admin = try await platformAdmins.find(proven.platformAdminID, locked: true, in: tx), admin.isActive,
            admin.version == proven.version
        else { throw Problem(.invalidCredentials) }
        try await tx.enter(Tenant(.none, admin: admin.platformAdminID))
        return try await platformSessions.begin(admin, now: call.now, in: tx)
    }

    @Sendable private func enrol(
        _ call: Call<EnrolPlatformSecondFactor>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> EnrolSecondFactor.Output {
        let totp = try await platformAdmins.enrol(admin.platformAdminID, now: call.now, in: tx)
        return EnrolSecondFactor.Output(secret: Base32.encode(totp.secret), uri: totp.uri(for: try platformAdmins.address(of: admin)))
    }

    @Sendable private func giveCode(
        _ call: Call<GivePlatformSecondFactor>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> PlatformTokens {
        let (counted, place) = (SignInName.platform(admin.username), NetworkPlace(call.address))
        try await throttles.admit(counted, from: place, now: call.now, in: tx)
        guard let caller = call.platformCaller,
            try await platformAdmins.use(call.body.code, of: admin.platformAdminID, now: call.now, in: tx)
        else {
            throw try await throttles.failed(.invalidSecondFactor, counted, from: place, now: call.now, in: tx).lasting
        }
        try await throttles.succeeded(counted, now: call.now, in: tx)
        return try await platformSessions.complete(caller, now: call.now, in: tx)
    }

    @Sendable private func logout(_ call: Call<PlatformLogout>, _ admin: PlatformAdminRow, _ tx: Transaction) async throws -> NoContent {
        if let session = call.platformCaller?.loginSessionID { try await platformSessions.end(session, now: call.now, in: tx) }
        return NoContent()
    }
}

extension Tenant {
    /// Somebody who runs the installation, at work in an organization or, with ``OrganizationID/none``, in none. Logged by their id.
    init(_ organization: OrganizationID, admin: PlatformAdminID) { self.init(organization, person: Optional(admin)) }
}
