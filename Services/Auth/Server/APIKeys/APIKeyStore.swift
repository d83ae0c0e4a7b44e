import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres

struct APIKeyStore: Sendable {
    let ring: KeyRing

    /// - Throws: ``Problem`` `.unauthenticated` when there is no such person any more.
    func insert(_ key: APIKey, _ secret: APIKeySecret, in tx: Transaction) async throws {
        do {
            try await tx.execute(
                """
                insert into api_keys (organization_id, api_key_id, person_id, name, scopes, secret_hash, created_at, expires_at)
                values (\(secret.organizationID), \(key.id), \(key.personID), \(key.name), \(key.scopes), \(secret.hash),
                    \(key.createdAt), \(key.expiresAt))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["api_keys_person_fkey": .unauthenticated])
        }
    }

    func list(_ organization: OrganizationID, cursor: Cursor?, limit: PageLimit, in tx: Transaction) async throws -> Page<APIKey> {
        let before: APIKeyID? = cursor?.id(0)
        let further: SQL = before.map { "and api_key_id < \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            select api_key_id, name, scopes, person_id, created_at, last_used_at, expires_at from api_keys
            where organization_id = \(organization) and revoked_at is null \(further)
            order by api_key_id desc limit \(limit.rawValue + 1)
            """)
        return Page(rows: rows.map(\.key), limit: limit) { Cursor($0.id) }
    }

    /// Marks the key as used.
    ///
    /// - Returns: Nil for one that is revoked or has run out, or whose maker is not active here any more.
    func use(_ secret: APIKeySecret, now: Date, in tx: Transaction) async throws -> UsableKey? {
        let (organization, id) = (secret.organizationID, secret.keyID)
        // The person first, as by whoever makes them inactive: what comes after that sees it, what comes before is ended by it.
        let key = try await tx.first(
            """
            select k.person_id, p.roles, p.location_ids, k.scopes, k.expires_at
            from api_keys k join people p using (organization_id, person_id) join organizations o using (organization_id)
                left join accounts a on a.account_id = p.account_id
            where k.organization_id = \(organization) and k.api_key_id = \(id) and k.secret_hash = \(secret.hash)
                and p.is_active and p.deleted_at is null and o.deleted_at is null and coalesce(a.status, 'active') = 'active'
                and (k.expires_at is null or k.expires_at > \(now))
            for share of p
            """, as: UsableKey.self)
        let count = try await tx.execute(
            """
            update api_keys set last_used_at = greatest(last_used_at, \(now))
            where organization_id = \(organization) and api_key_id = \(id) and revoked_at is null
            """)
        return count == 1 ? key : nil
    }

    /// - Returns: Whether there was one to revoke.
    func revoke(_ id: APIKeyID, of organization: OrganizationID, now: Date, in tx: Transaction) async throws -> Bool {
        let ended: Ended? = try await tx.first(
            """
            update api_keys set revoked_at = \(now), version = version + 1
            where organization_id = \(organization) and api_key_id = \(id) and revoked_at is null
            returning api_key_id, person_id, version
            """)
        guard let ended else { return false }
        try await say(ended, organization, .ended, in: tx)
        return true
    }

    /// Ends what a person's keys got: they act for somebody who is not here now, or not what they were.
    func endTokens(
        of person: PersonID, in organization: OrganizationID, _ reason: LoginSessionEnded.EndReason, now: Date, _ tx: Transaction
    ) async throws {
        let lately = now.addingTimeInterval(-Double(TokenIssuer.longestLifetime) - 60)
        let ended: [Ended] = try await tx.query(
            """
            update api_keys set version = version + 1
            where organization_id = \(organization) and person_id = \(person) and revoked_at is null and last_used_at > \(lately)
            returning api_key_id, person_id, version
            """)
        for key in ended { try await say(key, organization, reason, in: tx) }
    }

    /// The keys of somebody who turned out to be `kept` are theirs, and good for nothing: they were not made for all that `kept` may do.
    ///
    /// - Returns: how many there were. Their tokens are ended by ``endTokens(of:in:_:now:_:)``.
    func merge(
        _ duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> Int {
        try await tx.execute(
            """
            update api_keys set person_id = \(kept), revoked_at = coalesce(revoked_at, \(now)), version = version + 1
            where organization_id = \(organization) and person_id = \(duplicate)
            """)
    }

    private func say(
        _ key: Ended, _ organization: OrganizationID, _ reason: LoginSessionEnded.EndReason, in tx: Transaction
    ) async throws {
        try await tx.emit(
            LoginSessionEnded(
                organizationID: organization, loginSessionID: LoginSessionID(rawValue: key.apiKeyID.rawValue), personID: key.personID,
                reason: reason, version: key.version))
    }

    private struct Ended: Decodable, Sendable {
        var apiKeyID: APIKeyID
        var personID: PersonID
        var version: Int64
    }

    private struct Row: Decodable, Sendable {
        var apiKeyID: APIKeyID
        var name: Line
        var scopes: [KeyScope]
        var personID: PersonID
        var createdAt: Date
        var lastUsedAt: Date?
        var expiresAt: Date?

        var key: APIKey {
            APIKey(
                id: apiKeyID, name: name, scopes: scopes, personID: personID, createdAt: createdAt, lastUsedAt: lastUsedAt,
                expiresAt: expiresAt)
        }
    }
}
