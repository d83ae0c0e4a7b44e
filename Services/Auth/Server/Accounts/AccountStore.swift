import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

struct AccountStore: Sendable {
    let ring: KeyRing

    func find(_ email: EmailAddress, in tx: Transaction) async throws -> Account? {
        try await tx.first("\(Self.selection) and email_index = \(index(email))")
    }

    /// Those of people only.
    func find(_ name: SignInName, in tx: Transaction) async throws -> Account? {
        switch name {
        case .email(let email): try await find(email, in: tx)
        case .username(let username): try await tx.first("\(Self.selection) and username_index = \(index(username))")
        case .platform: nil
        }
    }

    /// Deleted ones are as if they had never been, here and below.
    ///
    /// `locked`: nobody else changes it, or signs in to it, until the transaction ends.
    func account(_ id: AccountID, locked: Bool = false, in tx: Transaction) async throws -> Account? {
        let lock: SQL = locked ? "for no key update" : ""
        return try await tx.first("\(Self.selection) and account_id = \(id) \(lock)")
    }

    /// Also a deleted one.
    func whatever(_ id: AccountID, in tx: Transaction) async throws -> Account? {
        try await tx.first("\(Self.columns) where account_id = \(id)")
    }

    /// - Throws: ``Problem`` `.invalidCredentials` when the password or the address was changed since the proof: whoever knew the old one is
    ///   not let in by it.
    @discardableResult func hold(_ proof: PasswordProof, in tx: Transaction) async throws -> Account {
        guard let account = try await account(proof.accountID, locked: true, in: tx), account.version == proof.version else {
            throw Problem(.invalidCredentials)
        }
        return account
    }

    /// The address that the account signs in with.
    func address(of account: Account) throws -> EmailAddress {
        let text = try ring.open(SealedText(account.email), context: Self.context(account.accountID))
        guard let email = EmailAddress(rawValue: text) else { throw FieldEncryptionError.malformed }
        return email
    }

    /// The account that a person signs in with.
    ///
    /// - Throws: ``Problem`` `.unauthenticated` when they have none any more.
    func account(of caller: Caller, in tx: Transaction) async throws -> Account {
        let account = try await tx.first(
            """
            \(Self.selection) and account_id = (
                select account_id from people
                where organization_id = \(caller.organizationID) and person_id = \(caller.personID) and deleted_at is null)
            """, as: Account.self)
        guard let account else { throw Problem(.unauthenticated) }
        return account
    }

    /// - Throws: ``Problem`` `.emailTaken`: an account is never taken over by making it again.
    func insert(
        _ email: EmailAddress, _ password: PasswordHash, isVerified: Bool, now: Date, in tx: Transaction
    ) async throws -> AccountID {
        let id = AccountID(now: now)
        let sealed = try ring.seal(email.rawValue, context: Self.context(id)).data
        do {
            try await tx.execute(
                """
                insert into accounts (account_id, email_index, email, password_hash, pepper_kid, email_verified_at, password_changed_at,
                    created_at, updated_at)
                values (\(id), \(index(email)), \(sealed), \(password.text), \(password.pepperID),
                    case when \(isVerified) then \(now)::timestamptz end, \(now), \(now), \(now))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["accounts_email_index_key": .emailTaken])
        }
        return id
    }

    /// Whoever opened a link that was sent to the address decides on its password, once.
    func claim(_ account: AccountID, _ password: PasswordHash, now: Date, in tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            update accounts set password_hash = \(password.text), pepper_kid = \(password.pepperID), password_changed_at = \(now),
                email_verified_at = \(now), updated_at = \(now), version = version + 1
            where account_id = \(account) and email_verified_at is null
            """) == 1
    }

    /// The same password under the current cost and pepper, unless it was changed meanwhile.
    func upgrade(_ account: Account, to password: PasswordHash, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update accounts set password_hash = \(password.text), pepper_kid = \(password.pepperID)
            where account_id = \(account.accountID) and password_hash = \(account.passwordHash)
            """)
    }

    /// - Throws: ``Problem`` `.accountSuspended`.
    func signedIn(_ account: AccountID, now: Date, in tx: Transaction) async throws {
        // Of two at once the later counts, whichever comes first.
        let count = try await tx.execute(
            """
            update accounts set last_login_at = greatest(last_login_at, \(now)) where account_id = \(account) and status = 'active'
            """)
        if count == 0 { throw Problem(.accountSuspended) }
    }

    private static let columns: SQL = """
        select account_id, email, password_hash, pepper_kid, email_verified_at is not null as is_verified, last_login_at, version
        from accounts
        """
    private static let selection: SQL = "\(columns) where status <> 'deleted'"

    static func usernameContext(_ id: AccountID) -> String { "auth.accounts/username/\(id)" }
    func index(_ username: Username) -> Data { ring.blindIndex(username.rawValue, purpose: "auth.accounts.username") }
    static func context(_ id: AccountID) -> String { "auth.accounts/email/\(id)" }
    func index(_ email: EmailAddress) -> Data { ring.blindIndex(email.normalized, purpose: "auth.accounts.email") }
}
