import AuthContract
import ContractKit
import Crypto
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var providerEndpoints: [Endpoint] {
        [
            Endpoint.handle(ListSignInProviders.self) { [providers] _, _ in Page(data: providers.map(\.shown), nextCursor: nil) },
            Endpoint.handle(BeginProviderSignIn.self, preparing: authorizationURL, begin),
            Endpoint.handle(CompleteProviderSignIn.self, preparing: identityAndPassword, complete),
        ]
    }

    @Sendable private func authorizationURL(_ call: Call<BeginProviderSignIn>) async throws -> (secrets: ProviderSecrets, url: String) {
        let secrets = ProviderSecrets()
        return (secrets, try await provider(call.input.name).authorizationURL(secrets, now: call.now))
    }

    @Sendable private func begin(
        _ call: Call<BeginProviderSignIn>, _ prepared: (secrets: ProviderSecrets, url: String), _ tx: Transaction
    ) async throws -> BeginProviderSignIn.Output {
        let (secrets, body) = (prepared.secrets, call.body)
        var account: AccountID?
        if body.link == true {
            let caller = try call.caller
            try await tx.enter(Tenant(caller.organizationID, person: caller.personID))
            account = try await accounts.account(of: caller, in: tx).accountID
        }
        let begun = BegunProviderSignIn(
            provider: call.input.name, nonceHash: SignedSecret.hash(secrets.nonce), verifier: secrets.verifier, accountID: account,
            organization: body.organization, remember: body.rememberMe ?? false, invitation: body.invitation?.rawValue)
        try await providerSignIns.insert(begun, state: secrets.state, now: call.now, in: tx)
        return BeginProviderSignIn.Output(
            authorizationURL: prepared.url, state: secrets.state, expiresIn: Int(ProviderSignInStore.lifetime))
    }

    /// With the hash of a password that nobody knows for an account that the identity may be about to get.
    @Sendable private func identityAndPassword(
        _ call: Call<CompleteProviderSignIn>
    ) async throws -> (identity: ProvenIdentity, password: PasswordHash?) {
        _ = try provider(call.input.name)
        let identity = try await self.identity(call.body, now: call.now) { $0.provider == call.input.name && $0.accountID == nil }
        let isKnown = try await database.transaction(readOnly: true) { tx in try await identities.account(identity.key, in: tx) } != nil
        guard !isKnown, identity.begun.invitation != nil else { return (identity, nil) }
        let unknown = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        return (identity, try await passwords.hash(unknown, from: NetworkPlace(call.address)))
    }

    @Sendable private func complete(
        _ call: Call<CompleteProviderSignIn>, _ prepared: (identity: ProvenIdentity, password: PasswordHash?), _ tx: Transaction
    ) async throws -> SignInAnswer {
        let identity = prepared.identity
        guard try await providerSignIns.use(call.body.state.rawValue, in: tx) else { throw Problem(.oidcFailed) }
        guard let id = try await identities.account(identity.key, in: tx) else {
            return try await accept(identity, prepared.password, call, in: tx)
        }
        let places = try await people.places(of: id, in: tx)
            .filter { identity.begun.organization == nil || $0.slug == identity.begun.organization }
        guard let account = try await accounts.account(id, locked: true, in: tx), !places.isEmpty else {
            throw Problem(.identityNotLinked).lasting
        }
        let place = try await enter(places, else: .identityNotLinked, in: tx)
        try await identities.used(identity.key, now: call.now, in: tx)
        let proof = PasswordProof(
            accountID: id, version: account.version, hasSecondFactor: try await secondFactors.isEnabled(id, in: tx))
        return try await answer(place, proof, call, remember: identity.begun.remember, in: tx)
    }

    /// Makes an account for somebody who was invited. Not for an address whose account has proved it: its password says whose it is.
    private func accept(
        _ identity: ProvenIdentity, _ password: PasswordHash?, _ call: Call<CompleteProviderSignIn>, in tx: Transaction
    ) async throws -> SignInAnswer {
        guard let text = identity.begun.invitation, let password else { throw Problem(.identityNotLinked).lasting }
        guard let token = InvitationToken(text, ring: invitations.ring) else { throw Problem(.invalidInvitation).lasting }
        try await tx.enter(Tenant(token.organizationID, person: token.personID))
        guard try await invitations.isOpen(token, now: call.now, in: tx),
            let email = try await people.find(token.organizationID, token.personID, in: tx)?.email
        else { throw Problem(.invalidInvitation).lasting }
        guard try await accounts.find(email, in: tx)?.isVerified != true else { throw Problem(.identityNotLinked).lasting }
        let (place, proof) = try await accept(token, .password(password), now: call.now, in: tx)
        _ = try await identities.link(identity.key, identity.provider.settings.name, to: proof.accountID, now: call.now, in: tx)
        return try await answer(place, proof, call, remember: identity.begun.remember, in: tx)
    }
}
