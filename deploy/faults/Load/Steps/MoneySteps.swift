import BillingContract
import ContractKit

/// Invoices are sent and paid.
struct MoneySteps {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    func settle() async throws {
        guard let member = tenant.change({ $0.attended.randomElement() }) else { return }
        let list = await calls.make(ListInvoices(memberID: member, limit: 10), "invoices", of: tenant, as: base.owner)
        guard case .ok(let page) = list else { return }
        if let due = page.data.first(where: { ($0.status == .sent || $0.status == .overdue) && $0.amountDue.amount > 0 }) {
            await pay(due)
        } else if let draft = page.data.first(where: { $0.status == .draft && !$0.lines.isEmpty }) {
            let outcome = await calls.make(SendInvoice(invoiceID: draft.id), "send", of: tenant, as: base.owner)
            if case .ok(let sent) = outcome { await pay(sent) }
        }
    }

    /// All of it, or a third first.
    private func pay(_ invoice: Invoice) async {
        let due = invoice.amountDue
        let amount = Bool.random() ? due.amount : max(1, due.amount / 3)
        _ = await calls.make(
            RecordPayment(invoiceID: invoice.id), body: .init(amount: Money(amount: amount, currency: due.currency), method: .cash), "pay",
            of: tenant, as: base.owner)
    }
}
