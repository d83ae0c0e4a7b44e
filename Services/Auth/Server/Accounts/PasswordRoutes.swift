import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var passwordEndpoints: [Endpoint] {
        [
            Endpoint.handle(ForgotPassword.self, forgotPassword),
            Endpoint.handle(ResetPassword.self, preparing: hashNewPassword, resetPassword),
            Endpoint.handle(ChangePassword.self, preparing: checkAndHash, changePassword),
        ]
    }

    @Sendable private func forgotPassword(_ call: Call<ForgotPassword>, _ tx: Transaction) async throws -> NoContent {
        let (asked, now) = (call.body.email, call.now)
        try await throttles.askedForMail(from: NetworkPlace(call.address), now: now, in: tx)
        guard try await mailAllowances.take(.resetPassword, for: asked.normalized, now: now, in: tx) else { return NoContent() }
        // Where there is none, a made-up account is looked for and written to in its place, and never found.
        let account = try await accounts.find(asked, in: tx)
        let place = try await people.places(of: account?.accountID ?? AccountID(now: now), in: tx).first
        // To the address as the account has it: what was typed may be read as the same, and be somebody else's mailbox.
        try await accountLinks.mail(
            .resetPassword, to: try account.map { try accounts.address(of: $0) } ?? asked,
            of: place.flatMap { _ in account?.accountID } ?? AccountID(now: now), at: place ?? .nowhere, now: now, in: tx)
        return NoContent()
    }

    @Sendable private func hashNewPassword(_ call: Call<ResetPassword>) async throws -> PasswordHash {
        let token = try link(call.body.token, .resetPassword)
        let words = try await database.transaction { tx in
            guard let email = try await accountLinks.address(token, now: call.now, in: tx) else { throw Problem(.invalidLink) }
            return try await knownWords(of: token.accountID, email, in: tx)
        }
        return try await hash(chosen: call.body.password, knowing: words, from: call.address)
    }

    @Sendable private func resetPassword(
        _ call: Call<ResetPassword>, _ password: PasswordHash, _ tx: Transaction
    ) async throws -> NoContent {
        let token = try link(call.body.token, .resetPassword)
        let (id, now) = (token.accountID, call.now)
        guard try await accounts.account(id, locked: true, in: tx) != nil,
            let email = try await accountLinks.use(token, now: now, in: tx)
        else { throw Problem(.invalidLink) }
        try await accounts.change(id, to: password, now: now, in: tx)
        try await accounts.verify(id, now: now, in: tx)
        // Whoever gets their account back need not know what was linked to it meanwhile.
        try await identities.unlinkAll(of: id, in: tx)
        try await passkeys.deleteAll(of: id, in: tx)
        // Wrong codes are forgiven by nothing but a right one.
        if try await !secondFactors.isEnabled(id, in: tx) { try await throttles.forgive(.email(email), in: tx) }
        try await passwordChanged(id, email, now: now, in: tx)
        return NoContent()
    }

    @Sendable private func checkAndHash(_ call: Call<ChangePassword>) async throws -> (proof: PasswordProof, password: PasswordHash) {
        let (proof, email) = try await proven(call, call.body.currentPassword)
        let words = try await database.transaction { tx in try await knownWords(of: proof.accountID, email, in: tx) }
        return (proof, try await hash(chosen: call.body.password, knowing: words, from: call.address))
    }

    @Sendable private func changePassword(
        _ call: Call<ChangePassword>, _ prepared: (proof: PasswordProof, password: PasswordHash), _ tx: Transaction
    ) async throws -> NoContent {
        let now = call.now
        let account = try await accounts.hold(prepared.proof, in: tx)
        try await checkIfEnabled(call.body.code, of: account, call, in: tx)
        try await accounts.change(account.accountID, to: prepared.password, now: now, in: tx)
        try await passwordChanged(
            account.accountID, try accounts.address(of: account), except: try call.caller.loginSessionID, now: now, in: tx)
        return NoContent()
    }

    /// What was done by the old password ends: login sessions, and links that would change the account once more.
    private func passwordChanged(
        _ account: AccountID, _ email: EmailAddress, except kept: LoginSessionID? = nil, now: Date, in tx: Transaction
    ) async throws {
        try await accountLinks.withdraw([.resetPassword, .changeEmail], of: account, in: tx)
        guard let place = try await people.places(of: account, in: tx).first else { return }
        try await accountLinks.mail(.passwordChanged, to: email, of: account, at: place, now: now, in: tx)
        try await endLoginSessions(of: account, .passwordChanged, except: kept, now: now, in: tx)
    }

    /// The caller's account, whose password they gave, and its address.
    ///
    /// - Throws: as ``PasswordCheck/proof(_:_:from:now:)``.
    func proven<O>(_ call: Call<O>, _ password: EnteredPassword) async throws -> (proof: PasswordProof, email: EmailAddress) {
        let caller = try call.caller
        let account = try await database.transaction(as: Tenant(caller.organizationID, person: caller.personID), readOnly: true) { tx in
            try await accounts.account(of: caller, in: tx)
        }
        let email = try accounts.address(of: account)
        let proof = try await passwordCheck.proof(.email(email), password.rawValue, from: NetworkPlace(call.address), now: call.now)
        // The address may have become another account's in between.
        guard proof.accountID == account.accountID else { throw Problem(.invalidCredentials) }
        return (proof, email)
    }

    func link(_ text: SecretText, _ purpose: AccountLinkCreated.Purpose) throws -> AccountLinkToken {
        guard let token = AccountLinkToken(text.rawValue, purpose, ring: accountLinks.ring) else { throw Problem(.invalidLink) }
        return token
    }
}
