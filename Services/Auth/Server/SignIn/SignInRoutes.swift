import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var signInEndpoints: [Endpoint] {
        [
            Endpoint.handle(Login.self, preparing: checkPassword, login),
            Endpoint.handle(RefreshTokens.self, refresh),
            Endpoint.handle(Logout.self, logout),
        ]
    }

    @Sendable private func checkPassword(_ call: Call<Login>) async throws -> AccountID {
        try await passwordCheck.account(call.body.email, call.body.password.rawValue, from: NetworkPlace(call.address), now: call.now)
            .accountID
    }

    @Sendable private func login(_ call: Call<Login>, _ account: AccountID, _ tx: Transaction) async throws -> Tokens {
        let places = try await people.places(of: account, in: tx)
        // Which organizations somebody is in is no stranger's business: not being in this one reads like a wrong password.
        guard let place = places.first(where: { call.body.organization == nil || $0.slug == call.body.organization }) else {
            throw Problem(.invalidCredentials)
        }
        try await tx.enter(Tenant(place.organizationID, person: place.personID))
        return try await signIn(place, account, call, remember: call.body.rememberMe ?? false, in: tx)
    }

    /// Begins a login session for somebody whose password was right. The transaction is in their organization.
    func signIn<O>(_ place: Place, _ account: AccountID, _ call: Call<O>, remember: Bool, in tx: Transaction) async throws -> Tokens {
        try await accounts.signedIn(account, now: call.now, in: tx)
        try await people.signedIn(place.organizationID, place.personID, now: call.now, in: tx)
        return try await loginSessions.begin(
            place, account, device: Device.name(call.userAgent), address: call.address, remember: remember, now: call.now, in: tx)
    }

    @Sendable private func refresh(_ call: Call<RefreshTokens>, _ tx: Transaction) async throws -> Tokens {
        guard let token = RefreshToken(call.body.refreshToken.rawValue, ring: loginSessions.ring) else {
            throw Problem(.invalidRefreshToken)
        }
        try await tx.enter(Tenant(token.organizationID))
        return try await loginSessions.refresh(token, address: call.address, now: call.now, in: tx)
    }

    @Sendable private func logout(_ call: Call<Logout>, _ tx: Transaction) async throws -> NoContent {
        let caller = try call.caller
        // One that has ended already is as ended as it should be.
        _ = try await loginSessions.end(caller.loginSessionID, of: caller, .loggedOut, now: call.now, in: tx)
        return NoContent()
    }
}
