import BillingContract
import Messaging
import Postgres

/// An invoice was paid: thanks the member.
struct OnInvoicePaid: Reaction {
    static let name = "notifications.on-invoice-paid"
    let teller: Teller

    func react(to event: InvoicePaid, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
