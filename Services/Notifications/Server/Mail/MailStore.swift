import ContractKit
import Foundation
import Postgres

enum MailTag {}
typealias MailID = Identifier<MailTag>

/// Every statement about mail of one organization.
struct MailStore {
    let tx: Transaction
    let organizationID: OrganizationID

    /// Fires when a mail was queued.
    static let signal = "mail"
    static func bodyContext(_ id: MailID) -> String { "notifications.mails/body:\(id)" }

    struct Draft: Sendable {
        var personID: PersonID
        /// Nil: whatever address the person has when it is sent.
        var recipient: SealedText?
        var subject: String
        var body: String
    }

    struct Row: Decodable, Sendable {
        var personID: PersonID
        /// Those who were merged into them: one of them the recipient may be sealed for.
        var formerIDs: [PersonID]
        var recipient: SealedText?
        var subject: String
        var body: SealedText
        /// Nil when nothing is known of the person here yet.
        var isActive: Bool?
        var email: SealedText?
        var createdAt: Date
    }

    enum Outcome: String {
        case sent
        case noAddress = "no_address"
        case failed
    }

    /// Queues a mail, unless the event has queued one for this person before, or the person is known to have no address: then sending
    /// would be three transactions that end in nothing.
    func insert(_ id: MailID, _ draft: Draft, sealedBody: SealedText, event: UUID) {
        tx.later(
            """
            WITH queued AS (
                INSERT INTO mails (organization_id, mail_id, person_id, event_id, recipient, subject, body)
                SELECT \(organizationID)::uuid, \(id)::uuid, \(draft.personID)::uuid, \(event)::uuid, \(draft.recipient)::text,
                    \(draft.subject)::text, \(sealedBody)::text
                WHERE \(draft.recipient)::text IS NOT NULL OR NOT EXISTS (
                    SELECT FROM people
                    WHERE organization_id = \(organizationID) AND person_id = \(draft.personID) AND email IS NULL)
                ON CONFLICT (organization_id, person_id, event_id) DO NOTHING
                RETURNING mail_id, organization_id)
            INSERT INTO mail_queue (mail_id, organization_id) SELECT mail_id, organization_id FROM queued
            """)
    }

    /// A pending mail with what is known of its person.
    func pending(_ id: MailID) async throws -> Row? {
        try await tx.first(
            """
            SELECT mails.person_id, recipient, subject, body, is_active, email, created_at, ARRAY(
                SELECT m.person_id FROM merged_people m
                WHERE m.organization_id = mails.organization_id AND m.kept_id = mails.person_id) AS former_ids
            FROM mails LEFT JOIN people USING (organization_id, person_id)
            WHERE organization_id = \(organizationID) AND mail_id = \(id) AND status = 'pending'
            """)
    }

    /// Takes the mail off the queue. Body and recipient are not kept: they may hold a secret, and nobody reads them again.
    func settle(_ id: MailID, _ outcome: Outcome, at now: Date) {
        tx.later(
            """
            UPDATE mails SET status = \(outcome.rawValue), settled_at = \(now), body = '', recipient = NULL
            WHERE organization_id = \(organizationID) AND mail_id = \(id) AND status = 'pending'
            """)
        tx.later("DELETE FROM mail_queue WHERE mail_id = \(id)")
    }
}
