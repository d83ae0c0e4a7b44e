import AuthContract
import BillingContract
import ContractKit
import FieldEncryption
import Messaging
import Postgres
import ServiceKit

/// Somebody asks for what is held of them: their invoices, with lines, taxes and payments.
struct OnExportRequested: Reaction {
    static let name = "billing.on-export-requested"
    let ring: KeyRing

    func react(to event: ExportRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let export = PersonExport(
            of: event.personID, in: event.organizationID, from: Billing.tables, of: BillingContract.self, ring, tx)
        try await export.say(BillingContract.self, to: event.exportID, ring)
    }
}
