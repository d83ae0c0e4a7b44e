import BillingContract
import Messaging
import Postgres

/// An invoice was sent: tells the member what is due.
struct OnInvoiceIssued: Reaction {
    static let name = "notifications.on-invoice-issued"
    let teller: Teller

    func react(to event: InvoiceIssued, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
