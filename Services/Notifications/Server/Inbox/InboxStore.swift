import ContractKit
import Foundation
import NotificationsContract
import Postgres

/// Every statement about one person's inbox.
struct InboxStore {
    let tx: Transaction
    let organizationID: OrganizationID
    let personID: PersonID

    struct Row: Decodable, Sendable {
        var notificationID: NotificationID
        var kind: NotificationKind
        var title: String
        var body: String
        var createdAt: Date
        var readAt: Date?

        var notification: InboxNotification {
            InboxNotification(id: notificationID, kind: kind, title: title, body: body, createdAt: createdAt, readAt: readAt)
        }
    }

    func page(unread: Bool?, after cursor: Cursor?, limit: PageLimit) async throws -> [Row] {
        let isUnread: SQL = unread.map { $0 ? "AND read_at IS NULL" : "AND read_at IS NOT NULL" } ?? ""
        let last = try cursor?.momentAndID(of: NotificationTag.self)
        let isEarlier: SQL = last.map { "AND (created_at, notification_id) < (\($0), \($1))" } ?? ""
        return try await tx.query(
            """
            SELECT notification_id, kind, title, body, created_at, read_at FROM notifications
            WHERE organization_id = \(organizationID) AND person_id = \(personID) \(isUnread) \(isEarlier)
            ORDER BY created_at DESC, notification_id DESC
            LIMIT \(limit.rawValue + 1)
            """)
    }

    /// Marks it read; the first reading's moment stays.
    func read(_ id: NotificationID, at now: Date) async throws -> Row? {
        try await tx.first(
            """
            UPDATE notifications SET read_at = coalesce(read_at, \(now)::timestamptz)
            WHERE organization_id = \(organizationID) AND person_id = \(personID) AND notification_id = \(id)
            RETURNING notification_id, kind, title, body, created_at, read_at
            """)
    }

    /// Puts a message into the inbox, once for each event.
    func tell(_ message: Message, event: UUID, at time: Date) {
        tx.later(
            """
            INSERT INTO notifications (organization_id, notification_id, person_id, event_id, kind, title, body, created_at)
            VALUES (\(organizationID), \(NotificationID(now: time)), \(personID), \(event), \(message.kind), \(message.title),
                    \(message.body), \(time))
            ON CONFLICT (organization_id, person_id, event_id, kind) DO NOTHING
            """)
    }
}
