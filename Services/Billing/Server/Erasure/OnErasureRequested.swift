import AuthContract
import BillingContract
import ContractKit
import Messaging
import Postgres
import ServiceKit

/// Somebody is to be erased: what was sent and paid stays for the tax office, and leads to nobody; what was not sent goes.
struct OnErasureRequested: Reaction {
    static let name = "billing.on-erasure-requested"

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let (erasure, deeds) = try await Billing.erase(event.personID, event.organizationID, in: tx)
        try await tx.emit(erasure.answer(BillingContract.self, to: event.erasureRequestID, deeds))
    }
}

extension Billing {
    static func erase(
        _ person: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> (erasure: PersonErasure, deeds: [ErasureDeed]) {
        let erasure = PersonErasure(of: person, in: organization, from: tables, tx)
        try await erasure.begin()
        let drafts = try await InvoiceStore(tx: tx, organizationID: organization).deleteDrafts(of: person)
        let deeds = try await erasure.finish()
        let deleted = drafts > 0 ? [ErasureDeed(table: "invoices", outcome: .deleted, rows: drafts)] : []
        return (erasure, deleted + deeds)
    }

    static let tables: [PersonalTable] =
        [
            .nobodys("organizations", "what invoices are written in"),
            .nobodys("tax_rates", "the organization's"),
            .nobodys("invoice_counters", "the organization's"),
            .nobodys("invoice_taxes", "amounts of an invoice").along(with: "invoices", by: "invoice_id"),
            .rows("invoice_lines", ["member_id": .pseudonymized], "tax law asks for what an invoice was about"),
            .rows("invoices", ["member_id": .pseudonymized], "tax law asks for every invoice that was sent, and its number")
                .merging(.moved(counts: true)),
            .rows("payments", ["recorded_by": .pseudonymized], "tax law asks for every payment")
                .merelyNaming("recorded_by").along(with: "invoices", by: "invoice_id"),
        ] + PersonalTable.ofEveryService
}
