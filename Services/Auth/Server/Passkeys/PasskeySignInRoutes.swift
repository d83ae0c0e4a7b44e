import AuthContract
import ContractKit
import Crypto
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var passkeySignInEndpoints: [Endpoint] {
        [
            Endpoint.handle(BeginPasskeySignIn.self) { [relyingParty] call, _ in
                BeginPasskeySignIn.Output(
                    challenge: PasskeyChallenge(.signIn, at: call.now, ring: relyingParty.ring).encoded, relyingPartyID: relyingParty.id,
                    expiresIn: Int(PasskeyChallenge.lifetime))
            },
            Endpoint.handle(SignInWithPasskey.self, signInWithPasskey), Endpoint.handle(StepUpWithPasskey.self, stepUpWithPasskey),
        ]
    }

    @Sendable private func signInWithPasskey(_ call: Call<SignInWithPasskey>, _ tx: Transaction) async throws -> Tokens {
        let account = try await account(provenBy: call.body.answer, now: call.now, in: tx)
        let wanted = try await wanted(call.body.organization, call, in: tx)
        let places = try await people.places(of: account, in: tx)
        let place = try await enter(places.filter { wanted == nil || $0.slug == wanted }, in: tx)
        return try await signIn(place, account, call, remember: call.body.rememberMe ?? false, bothFactors: true, in: tx)
    }

    @Sendable private func stepUpWithPasskey(_ call: Call<StepUpWithPasskey>, _ tx: Transaction) async throws -> StepUp.Output {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        guard try await self.account(provenBy: call.body, now: call.now, in: tx) == account else { throw Problem(.passkeyRefused) }
        try await loginSessions.gaveBoth(call.caller, now: call.now, in: tx)
        return try await steppedUp(call.caller, now: call.now, in: tx)
    }

    /// Whose passkey signed, in the transaction of what that allows: the account is locked, and the challenge used up.
    ///
    /// - Throws: ``Problem`` `.passkeyRefused`, a lasting one for a passkey that was copied.
    private func account(provenBy answer: PasskeyAnswer, now: Date, in tx: Transaction) async throws -> AccountID {
        // The account's row first, as by all who change how it is signed in to.
        guard let owner = try await passkeys.find(credential: answer.credentialID.data, in: tx)?.accountID,
            try await accounts.account(owner, locked: true, in: tx) != nil,
            let passkey = try await passkeys.find(credential: answer.credentialID.data, locked: true, in: tx),
            passkey.suspectedAt == nil, passkey.accountID == owner
        else { throw Problem(.passkeyRefused) }
        let (data, challenge) = try Problem.refusing { () throws(PasskeyRefusal) in
            try relyingParty.assertion(answer, by: passkey, now: now)
        }
        guard try await passkeys.spend(challenge, in: tx) else { throw Problem(.passkeyRefused) }
        guard passkey.isNext(data.signCount) else {
            try await passkeys.suspect(passkey, now: now, in: tx)
            throw Problem(.passkeyRefused).lasting
        }
        try await passkeys.used(passkey, data, now: now, in: tx)
        return owner
    }
}

extension RelyingParty {
    /// That this passkey signed, for whom it is, and is what it was.
    func assertion(
        _ answer: PasskeyAnswer, by passkey: PasskeyRow, now: Date
    ) throws(PasskeyRefusal) -> (data: AuthenticatorData, challenge: PasskeyChallenge) {
        guard constantTimeEqual(answer.userHandle.data, passkey.accountID.userHandle.data) else { throw .owner }
        guard let key = try? P256.Signing.PublicKey(x963Representation: passkey.publicKey) else { throw .algorithm }
        let (data, challenge) = try assertion(answer, by: key, now: now)
        // Whether it may be on several devices is settled when it is made.
        guard data.flags.contains(.mayBeBackedUp) == passkey.mayBeBackedUp else { throw .backup }
        return (data, challenge)
    }
}
