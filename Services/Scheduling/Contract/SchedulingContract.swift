public import ContractKit

public enum SchedulingContract: ServiceContract {
    public static let name = "scheduling"
    public static let summary = "Class types, sessions, bookings and waitlists"
    public static let operations: [any APIOperation.Type] = [
        CreateClassType.self, ListClassTypes.self,
        CreateSession.self, ListSessions.self, GetSession.self, CompleteSession.self, CancelSession.self,
        BookSession.self, ListSessionBookings.self, ListBookings.self, CancelBooking.self,
        GetLocationReport.self,
        ListAuditLog<Self>.self, ExportOrganization<Self>.self,
    ]
    public static let events: [any Event.Type] = [
        BookingCreated.self, BookingPromoted.self, BookingCancelled.self, SessionCompleted.self, SessionCancelled.self,
        PersonErased<Self>.self, PersonExported<Self>.self, PersonMergeDone<Self>.self,
    ]
}
