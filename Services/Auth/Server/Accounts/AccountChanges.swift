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
}
