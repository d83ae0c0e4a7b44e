import BillingContract
import Foundation
import Messaging
import Postgres

/// The bookings behind a paid invoice are paid.
struct OnInvoicePaid: Reaction {
    static let name = "scheduling.bookings-paid"

    func react(to event: InvoicePaid, _ occasion: Occasion, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update bookings
            set payment_status = 'paid', updated_at = \(occasion.time), version = version + 1
            where organization_id = \(event.organizationID) and id in (
                -- In the order of ids, so that two invoices that share bookings cannot wait for each other.
                select id from bookings
                where organization_id = \(event.organizationID) and id = any(\(event.bookingIDs)::uuid[]) and payment_status = 'pending'
                order by id
                for update
            )
            """)
    }
}
