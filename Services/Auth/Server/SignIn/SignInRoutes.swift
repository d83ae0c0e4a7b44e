import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var signInEndpoints: [Endpoint] {
        [
            Endpoint.handle(Login.self, preparing: checkPassword, login),
            Endpoint.handle(CompleteLogin.self, completeLogin),
            Endpoint.handle(RefreshTokens.self, refresh),
            Endpoint.handle(Logout.self, logout),
        ]
    }

    @Sendable private func checkPassword(_ call: Call<Login>) async throws -> PasswordProof {
        try await passwordCheck.proof(call.body.name, call.body.password.rawValue, from: NetworkPlace(call.address), now: call.now)
    }

    @Sendable private func login(_ call: Call<Login>, _ proof: PasswordProof, _ tx: Transaction) async throws -> SignInAnswer {
        try await accounts.hold(proof, in: tx)
        let places = try await people.places(of: proof.accountID, in: tx)
        // Which organizations somebody is in is no stranger's business: not being in this one reads like a wrong password.
        let wanted = try await wanted(call.body.organization, call, in: tx)
        let place = try await enter(places.filter { wanted == nil || $0.slug == wanted }, in: tx)
        return try await answer(place, proof, call, remember: call.body.rememberMe ?? false, in: tx)
    }

    /// The organization that is named, or else that of the domain that the client came by; nil for whichever comes first.
    func wanted<O>(_ named: Slug?, _ call: Call<O>, in tx: Transaction) async throws -> Slug? {
        if let named { return named }
        guard let host = call.host else { return nil }
        return try await organizations.owner(of: host, in: tx)?.slug
    }

    /// The first organization that lets people in; the transaction is in it.
    ///
    /// - Throws: ``Problem`` `.organizationSuspended` when there are none but suspended ones, `otherwise` when there is none.
    func enter(_ places: [Place], else otherwise: ProblemKind = .invalidCredentials, in tx: Transaction) async throws -> Place {
        var refusal = otherwise
        for place in places {
            try await tx.enter(Tenant(place.organizationID, person: place.personID))
            switch try await organizations.standing(of: place.organizationID, in: tx)?.standing {
            case .active: return place
            case .suspended: refusal = .organizationSuspended
            case .deleted, nil: continue
            }
        }
        throw Problem(refusal)
    }

    @Sendable private func completeLogin(_ call: Call<CompleteLogin>, _ tx: Transaction) async throws -> Tokens {
        guard let begun = BegunLogin(call.body.mfaToken.rawValue, ring: secondFactors.ring),
            let kind = try await secondFactors.kind(of: begun.accountID, in: tx), begun.isOpen(for: kind, now: call.now),
            let account = try await accounts.account(begun.accountID, locked: true, in: tx), account.version == begun.accountVersion,
            let place = try await people.places(of: begun.accountID, in: tx).first(where: { $0.organizationID == begun.organizationID })
        else { throw Problem(.loginExpired) }
        try await check(call.body.code, of: account, call, in: tx)
        _ = try await enter([place], in: tx)
        return try await signIn(place, begun.accountID, call, remember: begun.remember, bothFactors: true, in: tx)
    }

    /// Tokens, or what to come back with and a code, which is mailed where that is wished.
    func answer<O>(_ place: Place, _ proof: PasswordProof, _ call: Call<O>, remember: Bool, in tx: Transaction) async throws -> SignInAnswer
    {
        guard proof.hasSecondFactor, let version = proof.version, let kind = try await secondFactors.kind(of: proof.accountID, in: tx)
        else {
            return .tokens(try await signIn(place, proof.accountID, call, remember: remember, in: tx))
        }
        let begun = BegunLogin(
            proof.accountID, version: version, place.organizationID, remember: remember, at: call.now, ring: secondFactors.ring)
        if kind == .mail, let account = try await accounts.account(proof.accountID, in: tx) {
            try await mailCode(to: account, at: place, now: call.now, in: tx)
        }
        return .secondFactorDue(SecondFactorDue(mfaToken: begun.text, kind: kind, expiresIn: Int(BegunLogin.lifetime(kind))))
    }

    /// Uses up a code, in the transaction of what it allows: whoever has to repeat that has not lost it.
    ///
    /// - Throws: ``Problem`` `.invalidSecondFactor`, counted like a wrong password; `.accountLocked` or `.rateLimited` without looking.
    func check<O>(_ code: SecondFactorCode, of account: Account, _ call: Call<O>, in tx: Transaction) async throws {
        let (name, place) = (SignInName.email(try accounts.address(of: account)), NetworkPlace(call.address))
        try await throttles.admit(name, from: place, now: call.now, in: tx)
        guard try await secondFactors.use(code, of: account.accountID, now: call.now, in: tx) else {
            throw try await throttles.failed(.invalidSecondFactor, name, from: place, now: call.now, in: tx).lasting
        }
        try await throttles.succeeded(name, now: call.now, in: tx)
    }

    /// The second factor of whoever has one, beside a password that was right.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: As ``check(_:of:_:in:)``; ``Problem`` `.invalidSecondFactor` without a code as well.
    @discardableResult
    func checkIfEnabled<O>(_ code: SecondFactorCode?, of account: Account, _ call: Call<O>, in tx: Transaction) async throws -> Bool {
        guard try await secondFactors.isEnabled(account.accountID, in: tx) else { return false }
        guard let code else { throw Problem(.invalidSecondFactor) }
        try await check(code, of: account, call, in: tx)
        return true
    }

    /// Begins a login session for somebody who has proved to be the account's owner. The transaction is in their organization.
    func signIn<O>(
        _ place: Place, _ account: AccountID, _ call: Call<O>, remember: Bool, bothFactors: Bool = false, in tx: Transaction
    ) async throws -> Tokens {
        try await accounts.signedIn(account, now: call.now, in: tx)
        try await people.signedIn(place.organizationID, place.personID, now: call.now, in: tx)
        return try await loginSessions.begin(
            place, account, device: Device(userAgent: call.userAgent), address: call.address, remember: remember,
            bothFactors: bothFactors, now: call.now, in: tx)
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
