import BillingContract
import ContractKit
import Messaging
import Postgres
import ServiceKit

enum PaymentRoutes {
    static let all: [Endpoint] = [
        .handle(RecordPayment.self, record),
        .handle(ListPayments.self, list),
    ]

    @Sendable private static func record(_ call: Call<RecordPayment>, _ tx: Transaction) async throws -> Payment {
        let caller = try call.caller
        let invoices = InvoiceStore(tx: tx, organizationID: caller.organizationID)
        guard let invoice = try await invoices.locked(call.input.invoiceID) else { throw Problem.notFound }
        let settles = try settles(call.body.amount, invoice)
        let payment = Payment(
            id: Identifier(now: call.now), invoiceID: invoice.invoiceID, memberID: invoice.memberID, amount: call.body.amount,
            method: call.body.method, reference: call.body.reference?.rawValue, receivedAt: call.now)
        PaymentStore(tx: tx, organizationID: caller.organizationID).insert(payment, recordedBy: caller.personID)
        let credited = try await invoices.credit(invoice.invoiceID, amount: payment.amount.amount, settles: settles)
        if settles, let number = credited.number.flatMap({ Line(rawValue: InvoiceRules.number($0)) }), let total = credited.total {
            try await tx.emit(
                InvoicePaid(
                    credited, number: number, total: Money(amount: total, currency: credited.currency),
                    lines: try await invoices.lines(of: [credited.invoiceID]), organizationID: caller.organizationID))
        }
        return payment
    }

    /// Whether the payment settles the invoice, or the refusal.
    private static func settles(_ amount: Money, _ invoice: InvoiceStore.Row) throws -> Bool {
        guard let total = invoice.total, invoice.status == .sent || invoice.status == .paid else { throw Problem(.invoiceNotPayable) }
        switch InvoiceRules.accept(amount, total: total, paid: invoice.paid, currency: invoice.currency) {
        case .accepted(let settles): return settles
        case .notPositive: throw Problem.invalid("#/amount/amount", "must be more than zero")
        case .otherCurrency: throw Problem.invalid("#/amount/currency", "must be \(invoice.currency), the invoice's currency")
        case .tooMuch(let due): throw Problem(.overpayment, detail: "\(due) is due, in minor units of \(invoice.currency)")
        }
    }

    @Sendable private static func list(_ call: Call<ListPayments>, _ tx: Transaction) async throws -> Page<Payment> {
        let caller = try call.caller
        let invoice = try await InvoiceStore(tx: tx, organizationID: caller.organizationID).invoice(call.input.invoiceID)
        guard let invoice, caller.mayRead(invoice) else { throw Problem.notFound }
        let limit = call.input.limit ?? .standard
        let rows = try await PaymentStore(tx: tx, organizationID: caller.organizationID)
            .page(of: invoice.invoiceID, after: call.input.cursor, limit: limit)
        let payments = rows.map { row in
            Payment(
                id: row.paymentID, invoiceID: invoice.invoiceID, memberID: invoice.memberID,
                amount: Money(amount: row.amount, currency: row.currency), method: row.method, reference: row.reference,
                receivedAt: row.receivedAt)
        }
        return Page(rows: payments, limit: limit) { Cursor($0.receivedAt, $0.id) }
    }
}
