import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var passkeyEndpoints: [Endpoint] {
        [
            Endpoint.handle(BeginPasskeyRegistration.self, beginRegistration), Endpoint.handle(RegisterPasskey.self, registerPasskey),
            Endpoint.handle(ListPasskeys.self, listPasskeys), Endpoint.handle(RenamePasskey.self, renamePasskey),
            Endpoint.handle(DeletePasskey.self, deletePasskey),
        ] + passkeySignInEndpoints
    }

    @Sendable private func beginRegistration(
        _ call: Call<BeginPasskeyRegistration>, _ tx: Transaction
    ) async throws -> BeginPasskeyRegistration.Output {
        let account = try await accounts.account(of: call.caller, in: tx)
        guard account.isVerified else { throw Problem(.emailNotVerified) }
        try await checkMayAdd(to: account.accountID, call.caller, in: tx)
        let use = PasskeyChallenge.Use.registration(account.accountID, try call.caller.loginSessionID)
        return BeginPasskeyRegistration.Output(
            challenge: PasskeyChallenge(use, at: call.now, ring: relyingParty.ring).encoded, relyingPartyID: relyingParty.id,
            relyingPartyName: RelyingParty.name, userID: account.accountID.userHandle, userName: try accounts.address(of: account),
            algorithms: [RelyingParty.algorithm],
            excludeCredentials: try await passkeys.list(of: account.accountID, in: tx).map { Base64URL($0.credential) },
            expiresIn: Int(PasskeyChallenge.lifetime))
    }

    /// A factor beside those that there are.
    ///
    /// - Throws: ``Problem`` `.secondFactorNeeded` for somebody who has a passkey, is asked for both factors and gave the password only: it must
    ///   not be enough to make another in the passkey's place. They step up with it.
    func checkMayAdd(to account: AccountID, _ caller: Caller, in tx: Transaction) async throws {
        guard try await loginSessions.lacksFactor(caller, in: tx) else { return }
        guard try await passkeys.list(of: account, in: tx).isEmpty else { throw Problem(.secondFactorNeeded) }
    }

    @Sendable private func registerPasskey(_ call: Call<RegisterPasskey>, _ tx: Transaction) async throws -> Passkey {
        let caller = try call.caller
        let id = try await accounts.account(of: caller, in: tx).accountID
        guard let account = try await accounts.account(id, locked: true, in: tx) else { throw Problem(.unauthenticated) }
        // Or whoever signs up with somebody else's address would still come in when that one has claimed it.
        guard account.isVerified else { throw Problem(.emailNotVerified) }
        let (new, challenge) = try Problem.refusing { () throws(PasskeyRefusal) in
            try relyingParty.registration(call.body, .registration(id, caller.loginSessionID), now: call.now)
        }
        guard try await passkeys.spend(challenge, in: tx) else { throw Problem(.passkeyRefused) }
        let passkey = try await passkeys.insert(new, call.body.name, of: id, now: call.now, in: tx)
        // The authenticator has checked who it was.
        try await loginSessions.gaveBoth(caller, now: call.now, in: tx)
        try await accountLinks.mail(
            .passkeyAdded, to: try accounts.address(of: account), of: id, at: caller.place, now: call.now, in: tx)
        return passkey
    }

    @Sendable private func listPasskeys(_ call: Call<ListPasskeys>, _ tx: Transaction) async throws -> Page<Passkey> {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        return Page(data: try await passkeys.list(of: account, in: tx).map(passkeys.shown), nextCursor: nil)
    }

    @Sendable private func renamePasskey(_ call: Call<RenamePasskey>, _ tx: Transaction) async throws -> Passkey {
        guard let passkey = try await passkeys.find(call.input.passkeyID, of: call.caller, in: tx),
            let renamed = try await passkeys.rename(passkey, call.body.name, now: call.now, in: tx)
        else { throw Problem.notFound }
        return renamed
    }

    @Sendable private func deletePasskey(_ call: Call<DeletePasskey>, _ tx: Transaction) async throws -> NoContent {
        guard let passkey = try await passkeys.find(call.input.passkeyID, of: call.caller, in: tx),
            try await passkeys.delete(passkey, in: tx)
        else { throw Problem.notFound }
        return NoContent()
    }
}

extension AccountID {
    /// What authenticators keep beside a passkey, and say whose it is by.
    var userHandle: Base64URL { Base64URL(withUnsafeBytes(of: rawValue.uuid) { Data($0) }) }
}

extension Problem {
    /// Whatever is wrong with a passkey reads the same.
    static func refusing<Result>(_ body: () throws(PasskeyRefusal) -> Result) throws(Problem) -> Result {
        do { return try body() } catch { throw Problem(.passkeyRefused) }
    }
}
