import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

/// How often a mail of one kind may be asked for.
struct MailAllowanceStore: Sendable {
    let ring: KeyRing

    /// - Parameter subject: The address that gets the mail, or the account that asks for one to an address of its choice.
    /// - Returns: Whether the mail may be sent; then it is counted.
    func take(_ purpose: AccountLinkCreated.Purpose, for subject: String, now: Date, in tx: Transaction) async throws -> Bool {
        let key = ring.blindIndex(subject, purpose: "auth.mail_allowances/\(purpose.rawValue)")
        let longAgo = now.addingTimeInterval(-MailAllowance.memory)
        try await tx.execute(
            """
            insert into mail_allowances (subject_key, mails, counted_at) values (\(key), \(MailAllowance.most), \(longAgo))
            on conflict do nothing
            """)
        let before: MailAllowance = try await tx.one(
            "select mails, counted_at from mail_allowances where subject_key = \(key) for update")
        let after = before.afterMail(now: now)
        let kept = after ?? before
        try await tx.execute(
            "update mail_allowances set mails = \(kept.mails), counted_at = \(kept.countedAt) where subject_key = \(key)")
        return after != nil
    }
}

extension Job {
    /// Made-up addresses must not fill the table: an allowance that is whole again is like none.
    static let wholeMailAllowances = deleting("whole-mail-allowances", every: .seconds(600)) { limit in
        """
        delete from mail_allowances where subject_key = any (array(
            select subject_key from mail_allowances where counted_at < now() - make_interval(secs => \(MailAllowance.memory))
            order by counted_at limit \(limit) for update skip locked))
        """
    }
}
