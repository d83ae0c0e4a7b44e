import ContractKit
import NotificationsContract
import Postgres
import ServiceKit

enum InboxRoutes {
    static let all: [Endpoint] = [
        .handle(ListNotifications.self, list),
        .handle(ReadNotification.self, read),
    ]

    @Sendable private static func list(_ call: Call<ListNotifications>, _ tx: Transaction) async throws -> Page<InboxNotification> {
        let caller = try call.caller
        let limit = call.input.limit ?? .standard
        let page = try await InboxStore(tx: tx, organizationID: caller.organizationID, personID: caller.personID)
            .page(unread: call.input.unread, after: call.input.cursor, limit: limit)
            .cut(to: limit) { Cursor($0.createdAt, $0.notificationID) }
        return Page(data: page.rows.map(\.notification), nextCursor: page.nextCursor)
    }

    @Sendable private static func read(_ call: Call<ReadNotification>, _ tx: Transaction) async throws -> InboxNotification {
        let caller = try call.caller
        let row = try await InboxStore(tx: tx, organizationID: caller.organizationID, personID: caller.personID)
            .read(call.input.notificationID, at: call.now)
        guard let row else { throw Problem.notFound }
        return row.notification
    }
}
