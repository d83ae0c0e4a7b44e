import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres

struct InvitationStore: Sendable {
    let ring: KeyRing

    /// Invites by email, in place of any earlier invitation.
    func invite(_ person: PersonRecord, now: Date, in tx: Transaction) async throws {
        guard let email = person.email else { return }
        let (organization, id) = (person.organizationID, person.personID)
        let token = InvitationToken(organization, id, ring: ring)
        let expiresAt = now.addingTimeInterval(InvitationToken.lifetime)
        let version: Int64 = try await tx.one(
            """
            insert into invitations (organization_id, person_id, token_hash, expires_at, created_at)
            values (\(organization), \(id), \(token.hash), \(expiresAt), \(now))
            on conflict (organization_id, person_id) do update
            set token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = excluded.created_at, accepted_at = null,
                version = invitations.version + 1
            returning version
            """)
        try await tx.emit(
            InvitationCreated(
                organizationID: organization, personID: id,
                email: try ring.seal(email.rawValue, context: PersonSaved.context("email", id)),
                token: try ring.seal(token.text, context: PersonSaved.context("invitation", id)), expiresAt: expiresAt, version: version))
    }

    func isOpen(_ token: InvitationToken, now: Date, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select 1 from invitations
            where organization_id = \(token.organizationID) and person_id = \(token.personID) and token_hash = \(token.hash)
                and accepted_at is null and expires_at > \(now)
            """, as: Int.self) != nil
    }

    /// - Returns: Whether it was open: of two at once, one.
    func accept(_ token: InvitationToken, now: Date, in tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            update invitations set accepted_at = \(now), version = version + 1
            where organization_id = \(token.organizationID) and person_id = \(token.personID) and token_hash = \(token.hash)
                and accepted_at is null and expires_at > \(now)
            """) == 1
    }

    /// The link stops working. The row stays, so that versions keep counting up.
    func withdraw(_ person: PersonRecord, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update invitations set expires_at = least(expires_at, created_at), version = version + 1
            where organization_id = \(person.organizationID) and person_id = \(person.personID) and accepted_at is null
            """)
    }
}
