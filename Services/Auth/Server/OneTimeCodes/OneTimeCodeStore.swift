import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres
import ServiceKit

/// The code that an account's holder was mailed last.
struct OneTimeCodeStore: Sendable {
    let ring: KeyRing

    /// Mails a code, in place of the last one.
    func mail(to email: EmailAddress, of account: AccountID, at place: Place, now: Date, in tx: Transaction) async throws {
        let code = OneTimeCode.text(Int.random(in: 0..<1_000_000))
        let expiresAt = now.addingTimeInterval(OneTimeCode.lifetime)
        // The account's row first, as by all who mail for it.
        let said: Int64? = try await tx.first(
            "update accounts set link_version = link_version + 1 where account_id = \(account) returning link_version")
        guard let said else { return }
        try await tx.execute(
            """
            insert into one_time_codes (account_id, code_hash, created_at, expires_at)
            values (\(account), \(hash(code, account)), \(now), \(expiresAt))
            on conflict (account_id) do update
            set code_hash = excluded.code_hash, tries = 0, created_at = excluded.created_at, expires_at = excluded.expires_at
            """)
        try await tx.emit(
            AccountLinkCreated(
                organizationID: place.organizationID, personID: place.personID, purpose: .signInCode,
                email: try ring.seal(email.rawValue, context: PersonSaved.context("email", place.personID)),
                token: try ring.seal(code, context: PersonSaved.context("account_link", place.personID)), expiresAt: expiresAt,
                version: said))
    }

    /// Tries a code.
    ///
    /// - Returns: Whether it was the one; then it is used up. What was wrong is counted, and must be committed.
    func use(_ code: SecondFactorCode, of account: AccountID, now: Date, in tx: Transaction) async throws -> Bool {
        let known: Data? = try await tx.first(
            """
            update one_time_codes set tries = tries + 1
            where account_id = \(account) and expires_at > \(now) and tries < \(OneTimeCode.mostTries)
            returning code_hash
            """)
        guard let known, constantTimeEqual(known, hash(code.rawValue, account)) else { return false }
        try await tx.execute("delete from one_time_codes where account_id = \(account)")
        return true
    }

    private func hash(_ code: String, _ account: AccountID) -> Data {
        ring.blindIndex("\(account)/\(code)", purpose: "auth.one_time_codes")
    }
}

extension Job {
    static let expiredOneTimeCodes = deleting("expired-one-time-codes", every: .seconds(600)) { limit in
        """
        delete from one_time_codes where account_id = any (array(
            select account_id from one_time_codes where expires_at < now()
            order by expires_at limit \(limit) for update skip locked))
        """
    }
}
