import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres
import ServiceKit

struct AccountLinkStore: Sendable {
    let ring: KeyRing

    /// Mails a link to `email`, in place of the last one for the purpose; news carry no link.
    ///
    /// Of an account that is not there nothing comes, by the same statements: time tells nobody who has one.
    func mail(
        _ purpose: AccountLinkCreated.Purpose, to email: EmailAddress, of account: AccountID, at place: Place, now: Date,
        in tx: Transaction
    ) async throws {
        let token = purpose.lifetime.map { _ in AccountLinkToken(account, purpose, ring: ring) }
        let expiresAt = purpose.lifetime.map { now.addingTimeInterval($0) }
        var event = AccountLinkCreated(
            organizationID: place.organizationID, personID: place.personID, purpose: purpose,
            email: try ring.seal(email.rawValue, context: PersonSaved.context("email", place.personID)),
            token: try token.map { try ring.seal($0.text, context: PersonSaved.context("account_link", place.personID)) },
            expiresAt: expiresAt, version: 0)
        // The account's row is written first, here and by all who use a link: they wait for each other in one order.
        let said: Int64? = try await tx.first(
            """
            with said as (
                update accounts set link_version = link_version + 1
                where account_id = \(account)
                returning account_id, link_version),
            link as (
                insert into account_links (account_id, purpose, token_hash, email, created_at, expires_at)
                select account_id, \(purpose)::text, \(token?.hash)::bytea, \(try sealed(email, account, purpose))::bytea,
                    \(now)::timestamptz, \(expiresAt)::timestamptz
                from said where \(token != nil)
                on conflict (account_id, purpose) do update
                set token_hash = excluded.token_hash, email = excluded.email, created_at = excluded.created_at,
                    expires_at = excluded.expires_at)
            select link_version from said
            """)
        guard let said else { return }
        event.version = said
        try await tx.emit(event)
    }

    /// The address that an open link was mailed to; nil when it was used or replaced, or has run out.
    func address(_ token: AccountLinkToken, now: Date, in tx: Transaction) async throws -> EmailAddress? {
        try opened(
            try await tx.first(
                """
                select email from account_links
                where account_id = \(token.accountID) and purpose = \(token.purpose) and token_hash = \(token.hash) and expires_at > \(now)
                """), token)
    }

    /// Uses a link up, by which the address is proved; of two at once, one. The account was found `locked`.
    func use(_ token: AccountLinkToken, now: Date, in tx: Transaction) async throws -> EmailAddress? {
        try opened(
            try await tx.first(
                """
                delete from account_links
                where account_id = \(token.accountID) and purpose = \(token.purpose) and token_hash = \(token.hash) and expires_at > \(now)
                returning email
                """), token)
    }

    /// An account's open links stop working: what they could change was decided otherwise.
    func withdraw(_ purposes: [AccountLinkCreated.Purpose], of account: AccountID, in tx: Transaction) async throws {
        try await tx.execute("delete from account_links where account_id = \(account) and purpose = any(\(purposes)::text[])")
    }

    private func opened(_ sealed: Data?, _ token: AccountLinkToken) throws -> EmailAddress? {
        try sealed.flatMap {
            EmailAddress(rawValue: try ring.open(SealedText($0), context: context(token.accountID, token.purpose)))
        }
    }

    private func sealed(_ email: EmailAddress, _ account: AccountID, _ purpose: AccountLinkCreated.Purpose) throws -> Data {
        try ring.seal(email.rawValue, context: context(account, purpose)).data
    }

    private func context(_ account: AccountID, _ purpose: AccountLinkCreated.Purpose) -> String {
        "auth.account_links/email/\(account)/\(purpose.rawValue)"
    }
}

extension Job {
    static let expiredAccountLinks = deleting("expired-account-links", every: .seconds(600)) { limit in
        """
        delete from account_links where ctid = any (array(
            select ctid from account_links where expires_at < now()
            order by expires_at limit \(limit) for update skip locked))
        """
    }
}
