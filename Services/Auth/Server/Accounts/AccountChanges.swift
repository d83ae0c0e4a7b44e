import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// What changes how somebody signs in. Each is for an account that was found `locked`.
extension AccountStore {
    /// The account's address is proved. Not a new version: a sign-in that is under way is as good as before.
    func verify(_ account: AccountID, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            "update accounts set email_verified_at = \(now), updated_at = \(now) where account_id = \(account) and email_verified_at is null"
        )
    }

    func change(_ account: AccountID, to password: PasswordHash, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update accounts set password_hash = \(password.text), pepper_kid = \(password.pepperID), password_changed_at = \(now),
                updated_at = \(now), version = version + 1
            where account_id = \(account)
            """)
    }

    /// To an address that is proved to be theirs.
    ///
    /// - Throws: ``Problem`` `.emailTaken` when it is another account's.
    func change(_ account: AccountID, to email: EmailAddress, now: Date, in tx: Transaction) async throws {
        let sealed = try ring.seal(email.rawValue, context: Self.context(account)).data
        do {
            try await tx.execute(
                """
                update accounts set email = \(sealed), email_index = \(index(email)), email_verified_at = \(now), updated_at = \(now),
                    version = version + 1
                where account_id = \(account)
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["accounts_email_index_key": .emailTaken])
        }
    }

    /// In place of what apps kept before. Not a new version: nothing that was proved depends on it.
    func write(_ metadata: FreeForm, of account: AccountID, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update accounts set metadata = \(try JSONB.text(metadata))::jsonb, updated_at = \(now) where account_id = \(account)
            """)
    }

    /// Nil for none. Not a new version: the password is the same.
    ///
    /// - Throws: ``Problem`` `.usernameTaken` when it is another account's.
    func change(_ account: AccountID, to username: Username?, now: Date, in tx: Transaction) async throws {
        let sealed = try username.map { try ring.seal($0.rawValue, context: Self.usernameContext(account)).data }
        do {
            try await tx.execute(
                """
                update accounts set username = \(sealed), username_index = \(username.map(index)), username_changed_at = \(now),
                    updated_at = \(now)
                where account_id = \(account)
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["accounts_username_index_key": .usernameTaken])
        }
    }

    /// What is kept with it beside what it takes to sign in, and since when there is something to keep it with.
    func kept(_ account: AccountID, in tx: Transaction) async throws -> (username: Username?, metadata: FreeForm, createdAt: Date) {
        let row: Kept = try await tx.one("select username, metadata::text, created_at from accounts where account_id = \(account)")
        let username = try row.username.map { try ring.open(SealedText($0), context: Self.usernameContext(account)) }
        return (username.flatMap(Username.init), try JSONB.value(row.metadata) ?? .empty, row.createdAt)
    }

    private struct Kept: Decodable, Sendable {
        var username: Data?
        var metadata: String
        var createdAt: Date
    }
}
