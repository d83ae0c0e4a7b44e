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

    /// Takes the mail that is due longest for two minutes, well over what one attempt may last; replicas skip what another has taken.
    func take() async throws -> Job? { try await tx.first(Self.take) }

    static let take: SQL = """
        UPDATE mail_queue SET leased_until = clock_timestamp() + interval '2 minutes', attempts = attempts + 1
        WHERE mail_id = (
            -- By now(), which the index can be asked for; clock_timestamp() would be compared with every mail that waits.
            SELECT mail_id FROM mail_queue
            WHERE due_at <= now() AND (leased_until IS NULL OR leased_until < now())
            ORDER BY due_at LIMIT 1
            FOR UPDATE SKIP LOCKED)
        RETURNING mail_id, organization_id, attempts
        """

    func postpone(_ id: MailID, seconds: Int) {
        tx.later(
            """
            UPDATE mail_queue SET due_at = clock_timestamp() + make_interval(secs => \(seconds)), leased_until = NULL
            WHERE mail_id = \(id)
            """)
    }
}
