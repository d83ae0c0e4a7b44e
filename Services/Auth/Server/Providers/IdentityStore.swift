import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

/// Who may sign in as an account because a provider says who they are.
struct IdentityStore: Sendable {
    let ring: KeyRing

    /// What is kept of an identity: nobody can read off the table who is whom elsewhere.
    func key(_ subject: String, of issuer: String) -> Data {
        ring.blindIndex("\(issuer) \(subject)", purpose: "auth.identities.subject")
    }

    func account(_ key: Data, in tx: Transaction) async throws -> AccountID? {
        try await tx.first("select account_id from identities where subject_key = \(key)")
    }

    func used(_ key: Data, now: Date, in tx: Transaction) async throws {
        try await tx.execute("update identities set last_used_at = greatest(last_used_at, \(now)) where subject_key = \(key)")
    }

    /// - Throws: ``Problem`` `.identityTaken` when it is linked already, or the account has another one of the provider.
    func link(_ key: Data, _ provider: Slug, to account: AccountID, now: Date, in tx: Transaction) async throws -> Identity {
        let identity = Identity(id: IdentityID(now: now), provider: provider, createdAt: now)
        do {
            try await tx.execute(
                """
                insert into identities (identity_id, account_id, provider, subject_key, created_at)
                values (\(identity.id), \(account), \(provider), \(key), \(now))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["identities_subject_key": .identityTaken, "identities_account_provider_key": .identityTaken])
        }
        return identity
    }

    func list(of account: AccountID, in tx: Transaction) async throws -> [Identity] {
        let rows: [Row] = try await tx.query(
            "select identity_id, provider, created_at, last_used_at from identities where account_id = \(account) order by identity_id")
        return rows.map { Identity(id: $0.identityID, provider: $0.provider, createdAt: $0.createdAt, lastUsedAt: $0.lastUsedAt) }
    }

    /// - Returns: Whether there was one of the caller's account.
    func unlink(_ id: IdentityID, of caller: Caller, in tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            delete from identities where identity_id = \(id) and account_id = (
                select account_id from people
                where organization_id = \(caller.organizationID) and person_id = \(caller.personID) and deleted_at is null)
            """) == 1
    }

    func unlinkAll(of account: AccountID, in tx: Transaction) async throws {
        try await tx.execute("delete from identities where account_id = \(account)")
    }

    private struct Row: Decodable, Sendable {
        var identityID: IdentityID
        var provider: Slug
        var createdAt: Date
        var lastUsedAt: Date?
    }
}
