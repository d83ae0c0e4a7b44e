import AuthContract
import ContractKit
import Crypto
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

/// A passkey as the table holds it.
struct PasskeyRow: Decodable, Sendable {
    static let columns: SQL = """
        passkey_id, account_id, credential, public_key, sign_count, may_be_backed_up, is_backed_up, name, suspected_at, created_at,
        last_used_at
        """

    var passkeyID: PasskeyID
    var accountID: AccountID
    /// What the authenticator calls it.
    var credential: Data
    var publicKey: Data
    var signCount: Int64
    var mayBeBackedUp: Bool
    var isBackedUp: Bool
    /// Sealed.
    var name: Data
    var suspectedAt: Date?
    var createdAt: Date
    var lastUsedAt: Date?

    /// Whether a signature of that number is later than the last: an authenticator counts, or says 0 for ever.
    func isNext(_ count: UInt32) -> Bool { Int64(count) > signCount || (count == 0 && signCount == 0) }
}

struct PasskeyStore: Sendable {
    /// Of one account.
    static let most = 20

    let ring: KeyRing

    /// `locked`: nobody else signs in with it until the transaction ends.
    func find(credential: Data, locked: Bool = false, in tx: Transaction) async throws -> PasskeyRow? {
        let lock: SQL = locked ? "for update" : ""
        return try await tx.first("select \(PasskeyRow.columns) from passkeys where credential = \(credential) \(lock)")
    }

    /// One of the caller's.
    func find(_ id: PasskeyID, of caller: Caller, in tx: Transaction) async throws -> PasskeyRow? {
        try await tx.first(
            """
            select \(PasskeyRow.columns) from passkeys where passkey_id = \(id) and account_id = (
                select account_id from people
                where organization_id = \(caller.organizationID) and person_id = \(caller.personID) and deleted_at is null)
            """)
    }

    func list(of account: AccountID, in tx: Transaction) async throws -> [PasskeyRow] {
        try await tx.query("select \(PasskeyRow.columns) from passkeys where account_id = \(account) order by passkey_id")
    }

    /// For an account that was found `locked`.
    ///
    /// - Throws: ``Problem`` `.passkeyTaken`, `.tooManyPasskeys`.
    func insert(_ new: NewPasskey, _ name: Line, of account: AccountID, now: Date, in tx: Transaction) async throws -> Passkey {
        guard try await list(of: account, in: tx).count < Self.most else { throw Problem(.tooManyPasskeys) }
        do {
            return try shown(
                try await tx.one(
                    """
                    insert into passkeys (passkey_id, account_id, credential, public_key, sign_count, may_be_backed_up, is_backed_up,
                        name, created_at, updated_at)
                    values (\(PasskeyID(now: now)), \(account), \(new.credentialID), \(new.key.x963Representation),
                        \(Int64(new.signCount)), \(new.flags.contains(.mayBeBackedUp)), \(new.flags.contains(.isBackedUp)),
                        \(try seal(name, account)), \(now), \(now))
                    returning \(PasskeyRow.columns)
                    """))
        } catch let error as DatabaseError {
            throw error.refusal(["passkeys_credential_key": .passkeyTaken])
        }
    }

    func rename(_ passkey: PasskeyRow, _ name: Line, now: Date, in tx: Transaction) async throws -> Passkey? {
        let row: PasskeyRow? = try await tx.first(
            """
            update passkeys set name = \(try seal(name, passkey.accountID)), updated_at = \(now), version = version + 1
            where passkey_id = \(passkey.passkeyID)
            returning \(PasskeyRow.columns)
            """)
        return try row.map(shown)
    }

    /// - Returns: Whether there was one.
    func delete(_ passkey: PasskeyRow, in tx: Transaction) async throws -> Bool {
        try await tx.execute("delete from passkeys where passkey_id = \(passkey.passkeyID)") == 1
    }

    func deleteAll(of account: AccountID, in tx: Transaction) async throws {
        try await tx.execute("delete from passkeys where account_id = \(account)")
    }

    func used(_ passkey: PasskeyRow, _ data: AuthenticatorData, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update passkeys set sign_count = \(Int64(data.signCount)), is_backed_up = \(data.flags.contains(.isBackedUp)),
                last_used_at = \(now), updated_at = \(now)
            where passkey_id = \(passkey.passkeyID)
            """)
    }

    func suspect(_ passkey: PasskeyRow, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            "update passkeys set suspected_at = coalesce(suspected_at, \(now)), updated_at = \(now) where passkey_id = \(passkey.passkeyID)"
        )
    }

    /// Uses a challenge up.
    ///
    /// - Returns: Whether it had not been used before; of two at once, one.
    func spend(_ challenge: PasskeyChallenge, in tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            insert into passkey_challenges (challenge_hash, expires_at) values (\(challenge.hash), \(challenge.expiresAt))
            on conflict do nothing
            """) == 1
    }

    func shown(_ row: PasskeyRow) throws -> Passkey {
        let name = try ring.open(SealedText(row.name), context: Self.context(row.accountID))
        guard let name = Line(rawValue: name) else { throw FieldEncryptionError.malformed }
        return Passkey(
            id: row.passkeyID, name: name, isBackedUp: row.isBackedUp, isSuspect: row.suspectedAt != nil, createdAt: row.createdAt,
            lastUsedAt: row.lastUsedAt)
    }

    private func seal(_ name: Line, _ account: AccountID) throws -> Data {
        try ring.seal(name.rawValue, context: Self.context(account)).data
    }

    static func context(_ account: AccountID) -> String { "auth.passkeys/name/\(account)" }
}

extension Job {
    /// What has run out is refused without having been used.
    static let expiredPasskeyChallenges = deleting("expired-passkey-challenges", every: .seconds(600)) { limit in
        """
        delete from passkey_challenges where challenge_hash = any (array(
            select challenge_hash from passkey_challenges where expires_at < now()
            order by expires_at limit \(limit) for update skip locked))
        """
    }
}
