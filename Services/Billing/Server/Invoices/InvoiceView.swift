import BillingContract
import ContractKit
import Foundation
import Postgres

/// Puts invoices together for the API: a fixed number of statements, however many there are.
struct InvoiceView {
    let tx: Transaction
    let organizationID: OrganizationID
    let now: Date

    func show(_ rows: [InvoiceStore.Row]) async throws -> [Invoice] {
        guard !rows.isEmpty else { return [] }
        let store = InvoiceStore(tx: tx, organizationID: organizationID)
        let ids = rows.map(\.invoiceID)
        let lines = Dictionary(grouping: try await store.lines(of: ids), by: \.invoiceID)
        let taxes = Dictionary(grouping: try await store.taxes(of: ids), by: \.invoiceID)
        let organizations = OrganizationStore(tx: tx, organizationID: organizationID)
        let rates = rows.contains { $0.status == .draft } ? try await organizations.rates() : []
        let zone = try await organizations.organization()?.timeZone.timeZone ?? .gmt
        let today = LocalDay(now, in: zone)
        return rows.map { row in
            assemble(row, lines: lines[row.invoiceID] ?? [], frozen: taxes[row.invoiceID] ?? [], rates: rates, today: today)
        }
    }

    func show(_ row: InvoiceStore.Row) async throws -> Invoice {
        guard let invoice = try await show([row]).first else { throw Problem.notFound }
        return invoice
    }

    private func assemble(
        _ row: InvoiceStore.Row, lines: [InvoiceStore.LineRow], frozen: [InvoiceStore.TaxRow], rates: [InvoiceRules.Rate],
        today: LocalDay
    ) -> Invoice {
        func money(_ amount: Int64) -> Money { Money(amount: amount, currency: row.currency) }
        let current = InvoiceRules.totals(lines: lines.map(\.amount), rates: rates)
        let taxes =
            row.status == .draft
            ? zip(rates, current.taxes).map { InvoiceTax(code: $0.code, rate: $0.rate, amount: money($1)) }
            : frozen.compactMap { tax in
                TaxRate(millionths: tax.millionths).map { InvoiceTax(code: tax.code, rate: $0, amount: money(tax.amount)) }
            }
        let total = row.total ?? current.total
        return Invoice(
            id: row.invoiceID, memberID: row.memberID, number: row.number.map(InvoiceRules.number),
            status: InvoiceRules.status(row.status, dueOn: row.dueOn, today: today), currency: row.currency, period: row.period,
            lines: lines.map { line in
                InvoiceLine(
                    id: line.lineID, sessionID: line.sessionID, description: line.description, quantity: line.quantity,
                    unitPrice: money(line.unitPrice), amount: money(line.amount))
            },
            subtotal: money(current.subtotal), taxes: taxes, total: money(total), amountPaid: money(row.paid),
            amountDue: money(total - row.paid), issuedAt: row.issuedAt, dueOn: row.dueOn, version: row.version)
    }
}
