public import ContractKit
public import Foundation

public enum NotificationTag {}
public typealias NotificationID = Identifier<NotificationTag>

/// One message in somebody's inbox.
public struct InboxNotification: Codable, Sendable {
    public var id: NotificationID
    public var kind: NotificationKind
    public var title: String
    public var body: String
    public var createdAt: Date
    @Nullable public var readAt: Date?

    public init(id: NotificationID, kind: NotificationKind, title: String, body: String, createdAt: Date, readAt: Date?) {
        self.id = id
        self.kind = kind
        self.title = title
        self.body = body
        self.createdAt = createdAt
        self.readAt = readAt
    }
}

public enum NotificationKind: String, Words {
    case bookingConfirmed = "booking.confirmed"
    case bookingWaitlisted = "booking.waitlisted"
    case bookingPromoted = "booking.promoted"
    case bookingCancelled = "booking.cancelled"
    case sessionCancelled = "session.cancelled"
    case sessionCompleted = "session.completed"
    case invoiceIssued = "invoice.issued"
    case invoicePaid = "invoice.paid"
    case workoutCompleted = "workout.completed"
    case trainerDocumentExpiring = "trainer_document.expiring"
}

public struct ListNotifications: APIOperation {
    public static let route = Route.get("/v1/notifications")
    public static let summary = "List your notifications, newest first"
    public static let access: Access = .signedIn

    /// True: only those not read yet. False: only those read.
    public var unread: Bool?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<InboxNotification>

    public init(unread: Bool? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.unread = unread
        self.limit = limit
        self.cursor = cursor
    }
}

public struct ReadNotification: APIOperation {
    public static let route = Route.post("/v1/notifications/{notification_id}/read")
    public static let summary = "Mark a notification as read; again changes nothing"
    public static let access: Access = .signedIn
    public static let success = 200

    public var notificationID: NotificationID

    public typealias Output = InboxNotification

    public init(notificationID: NotificationID) { self.notificationID = notificationID }
}
