public import ContractKit

public enum NotificationsContract: ServiceContract {
    public static let name = "notifications"
    public static let summary = "The inbox, and messages by email"
    public static let operations: [any APIOperation.Type] = [
        ListNotifications.self, ReadNotification.self,
        ListAuditLog<Self>.self, ExportOrganization<Self>.self,
    ]
    public static let events: [any Event.Type] = [PersonErased<Self>.self, PersonExported<Self>.self, PersonMergeDone<Self>.self]
}
