import BillingContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Sending a draft: number, frozen taxes and the events, in one transaction.
struct SendingInvoice {
    let tx: Transaction
    let organizationID: OrganizationID
    let now: Date

    /// - Throws: ``Problem`` `.notFound`, `.invoiceNotDraft` or `.preconditionFailed`.
    func send(_ id: InvoiceID, expectedVersion: Int64?) async throws -> InvoiceStore.Row {
        let store = InvoiceStore(tx: tx, organizationID: organizationID)
        let organizations = OrganizationStore(tx: tx, organizationID: organizationID)
        guard let draft = try await store.locked(id) else { throw Problem.notFound }
        try draft.check(expectedVersion)
        guard draft.status == .draft else { throw Problem(.invoiceNotDraft) }
        let rates = try await organizations.rates()
        let lines = try await store.lines(of: [id])
        let totals = InvoiceRules.totals(lines: lines.map(\.amount), rates: rates)
        let zone = try await organizations.organization()?.timeZone.timeZone ?? .gmt
        let dueOn = InvoiceRules.dueDay(issuedAt: now, in: zone)
        let number = try await store.nextNumber()
        guard let sent = try await store.send(id, number: number, total: totals.total, issuedAt: now, dueOn: dueOn) else {
            throw Problem(.invoiceNotDraft)
        }
        store.freeze(Array(zip(rates, totals.taxes)).map { (rate: $0, amount: $1) }, of: id)
        try await announce(sent, number: number, total: totals.total, dueOn: dueOn, lines: lines)
        return sent
    }

    private func announce(
        _ invoice: InvoiceStore.Row, number: Int64, total: Int64, dueOn: LocalDay, lines: [InvoiceStore.LineRow]
    ) async throws {
        let total = Money(amount: total, currency: invoice.currency)
        guard let number = Line(rawValue: InvoiceRules.number(number)) else { return }
        try await tx.emit(
            InvoiceIssued(
                organizationID: organizationID, invoiceID: invoice.invoiceID, memberID: invoice.memberID, number: number,
                total: total, dueOn: dueOn, version: invoice.version))
        guard invoice.status == .paid else { return }
        try await tx.emit(InvoicePaid(invoice, number: number, total: total, lines: lines, organizationID: organizationID))
    }
}

extension InvoicePaid {
    init(
        _ invoice: InvoiceStore.Row, number: Line, total: Money, lines: [InvoiceStore.LineRow], organizationID: OrganizationID
    ) {
        self.init(
            organizationID: organizationID, invoiceID: invoice.invoiceID, memberID: invoice.memberID, number: number, total: total,
            bookingIDs: lines.compactMap(\.bookingID), version: invoice.version)
    }
}
