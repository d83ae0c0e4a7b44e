import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

/// How somebody who accepts an invitation will sign in.
enum Credential: Sendable {
    /// With the account they have: they gave its password.
    case account(PasswordProof)
    /// With the password they chose now.
    case password(PasswordHash)
}

extension AuthParts {
    var invitationEndpoints: [Endpoint] {
        [Endpoint.handle(AcceptInvitation.self, preparing: prepareAccepting, accept)]
    }

    @Sendable private func prepareAccepting(_ call: Call<AcceptInvitation>) async throws -> Credential {
        let token = try token(call)
        let (email, account) = try await database.transaction(as: Tenant(token.organizationID)) { tx in
            guard try await invitations.isOpen(token, now: call.now, in: tx),
                let email = try await people.find(token.organizationID, token.personID, in: tx)?.email
            else { throw Problem(.invalidInvitation) }
            return (email, try await accounts.find(email, in: tx))
        }
        let place = NetworkPlace(call.address)
        // The link proves who reads the mail. An account whose mail was proved before keeps its password; any other may have been
        // made by somebody else in this address's name, and is theirs to claim.
        guard let account, account.isVerified else {
            return .password(try await hash(chosen: call.body.password, for: email, in: token.organizationID, from: call.address))
        }
        return .account(try await passwordCheck.proof(.email(email), call.body.password.rawValue, from: place, now: call.now))
    }

    @Sendable private func accept(_ call: Call<AcceptInvitation>, _ credential: Credential, _ tx: Transaction) async throws -> SignInAnswer
    {
        let (place, proof) = try await accept(try token(call), credential, now: call.now, in: tx)
        return try await answer(place, proof, call, remember: false, in: tx)
    }

    /// The transaction ends up in the organization.
    ///
    /// - Returns: Who they are there, and that they may sign in.
    /// - Throws: ``Problem`` `.invalidInvitation`, `.invalidCredentials`.
    func accept(
        _ token: InvitationToken, _ credential: Credential, now: Date, in tx: Transaction
    ) async throws -> (place: Place, proof: PasswordProof) {
        try await tx.enter(Tenant(token.organizationID, person: token.personID))
        guard try await invitations.accept(token, now: now, in: tx),
            var person = try await people.find(token.organizationID, token.personID, locked: true, in: tx), let email = person.email,
            person.isActive
        else { throw Problem(.invalidInvitation) }
        let proof = try await proof(email, credential, now: now, in: tx)
        _ = try await enter([person.place], in: tx)
        try await tx.enter(Tenant(token.organizationID, person: token.personID))
        person.accountID = proof.accountID
        person = try await people.save(person, now: now, in: tx)
        return (person.place, proof)
    }

    private func proof(_ email: EmailAddress, _ credential: Credential, now: Date, in tx: Transaction) async throws -> PasswordProof {
        switch credential {
        case .account(let proof):
            try await accounts.hold(proof, in: tx)
            return proof
        case .password(let hash):
            guard let known = try await accounts.find(email, in: tx) else {
                let account = try await accounts.insert(email, hash, isVerified: true, now: now, in: tx)
                return PasswordProof(accountID: account, version: nil, hasSecondFactor: false)
            }
            guard try await accounts.claim(known.accountID, hash, now: now, in: tx) else { throw Problem(.invalidCredentials) }
            // Whoever signed in with the old password is out, everywhere. A second factor it cannot have: that takes a proved address.
            try await endLoginSessions(of: known.accountID, .passwordChanged, now: now, in: tx)
            return PasswordProof(accountID: known.accountID, version: nil, hasSecondFactor: false)
        }
    }

    private func token(_ call: Call<AcceptInvitation>) throws -> InvitationToken {
        guard let token = InvitationToken(call.body.token.rawValue, ring: invitations.ring) else { throw Problem(.invalidInvitation) }
        return token
    }
}
