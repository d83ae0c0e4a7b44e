import AuthContract
import BillingContract
import ContractKit
import Messaging
import Postgres
import ServiceKit

/// Two people turn out to be one: what either owes and has paid is the kept person's, to the cent. Nothing that was billed is taken back.
struct OnPersonMerged: Reaction {
    static let name = "billing.on-person-merged"

    func react(to event: PersonMerged, _ occasion: Occasion, in tx: Transaction) async throws {
        let merging = try await PersonMerging.begin(
            event.duplicateID, into: event.keptID, in: event.organizationID, from: Billing.tables, tx)
        var deeds: [MergeDeed] = []
        if merging.keptIsErased {
            deeds = try await Billing.erase(event.duplicateID, event.organizationID, in: tx).deeds.map { MergeDeed($0) }
        } else {
            let joined = try await InvoiceStore(tx: tx, organizationID: event.organizationID)
                .joinDrafts(of: merging.duplicateID, to: merging.keptID)
            deeds = [MergeDeed(table: "invoices", outcome: .joined, rows: joined)]
            deeds += try await merging.finish()
        }
        try await tx.emit(merging.answer(BillingContract.self, to: event.mergeID, deeds))
    }
}
