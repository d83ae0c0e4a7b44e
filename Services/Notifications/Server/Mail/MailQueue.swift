import ContractKit
import Foundation
import Postgres

/// The work list of the sender, over all organizations.
struct MailQueue {
    let tx: Transaction

    struct Job: Decodable, Sendable {
        var mailID: MailID
        var organizationID: OrganizationID
        var attempts: Int
    }

    /// How long a mail stays with a sender that is not heard of any more. Until then nobody knows that it died.
    static let lease = 6
    /// How often a sender at work says so.
    static let renewal = Duration.seconds(2)

    /// Takes the mail that is due longest; replicas skip what another has taken.
    func take() async throws -> Job? { try await tx.first(Self.take) }

    static let take: SQL = """
        UPDATE mail_queue SET leased_until = clock_timestamp() + make_interval(secs => \(lease)), attempts = attempts + 1
        WHERE mail_id = (
            -- By now(), which the index can be asked for; clock_timestamp() would be compared with every mail that waits.
            SELECT mail_id FROM mail_queue
            WHERE due_at <= now() AND (leased_until IS NULL OR leased_until < now())
            ORDER BY due_at LIMIT 1
            FOR UPDATE SKIP LOCKED)
        RETURNING mail_id, organization_id, attempts
        """

    func keep(_ id: MailID) {
        tx.later(
            """
            UPDATE mail_queue SET leased_until = clock_timestamp() + make_interval(secs => \(Self.lease)) WHERE mail_id = \(id)
            """)
    }

    func postpone(_ id: MailID, seconds: Int) {
        tx.later(
            """
            UPDATE mail_queue SET due_at = clock_timestamp() + make_interval(secs => \(seconds)), leased_until = NULL
            WHERE mail_id = \(id)
            """)
    }
}
