import BillingContract
import ContractKit
import Messaging
import Postgres
import SchedulingContract

/// A session was held: one line for each attendee, on that member's open draft of the month.
struct OnSessionCompleted: Reaction {
    static let name = "billing.on-session-completed"

    func react(to event: SessionCompleted, _ occasion: Occasion, in tx: Transaction) async throws {
        let period = InvoiceRules.period(of: event.startsAt, in: event.timeZone.timeZone)
        let store = InvoiceStore(tx: tx, organizationID: event.organizationID)
        // Always in the same order, so that two sessions with the same members cannot wait for each other in a circle.
        for attendee in event.attendees.sorted(by: { $0.memberID.description < $1.memberID.description }) {
            try await store.bill(
                InvoiceStore.Attendance(
                    sessionID: event.sessionID, bookingID: attendee.bookingID, memberID: attendee.memberID,
                    description: "\(event.className), \(InvoiceRules.dayText(event.startsAt, in: event.timeZone.timeZone))",
                    price: attendee.price, period: period),
                now: occasion.time)
        }
    }
}
