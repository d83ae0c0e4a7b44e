import AuthContract
import Client
import ContractKit
import Foundation
import NotificationsContract

/// Who joins, and who signs in.
struct PeopleSteps {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    func addMember(knownAfter time: Duration = .seconds(20)) async throws {
        let email = try tenant.email("member-\(UUID().uuidString.lowercased().prefix(13))")
        let body = try CreateMember.Body(fullName: tenant.name("Max"), email: email, password: valid(password))
        guard case .ok(let person) = await calls.make(CreateMember(), body: body, "member", of: tenant, as: base.owner) else { return }
        tenant.change { $0.newcomers.append(.init(id: person.id, email: email, isKnownFrom: .now + time)) }
    }

    /// A member signs in, looks at what is new, stays signed in, and sometimes signs out.
    func signIn() async throws {
        guard let member = tenant.change({ $0.anyMember() }) else { return }
        let body = try Login.Body(email: member.email, password: valid(password), organization: valid(tenant.slug))
        guard case .ok(.tokens(let tokens)) = await calls.make(Login(), body: body, "sign-in", of: tenant, as: nil) else { return }
        let signedIn = calls.tokens(tokens, of: tenant)
        _ = await calls.make(GetMe(), "me", of: tenant, as: signedIn)
        _ = await calls.make(ListNotifications(limit: 20), "inbox", of: tenant, as: signedIn)
        // They may have been renewed on the way.
        let newest = await signedIn.stored ?? Client.Tokens(tokens)
        let refresh = try RefreshTokens.Body(refreshToken: valid(newest.refreshToken))
        guard case .ok(let fresh) = await calls.make(RefreshTokens(), body: refresh, "refresh", of: tenant, as: nil) else { return }
        // Signed out, nobody asks under the same key: the token is good for nothing any more.
        let last = TokenStore(Client.Tokens(fresh)) { _ in throw Problem(.unauthenticated) }
        if Int.random(in: 0..<4) == 0 {
            _ = await calls.make(Logout(), body: NoBody(), "sign-out", of: tenant, as: last, twinShare: 0)
        }
    }
}
