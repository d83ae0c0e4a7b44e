import BillingContract
import ContractKit
import Foundation
import Postgres

/// Every statement about payments. There is no update and no delete: the service's role may not.
struct PaymentStore {
    let tx: Transaction
    let organizationID: OrganizationID

    struct Row: Decodable, Sendable {
        var paymentID: Identifier<PaymentTag>
        var amount: Int64
        var currency: CurrencyCode
        var method: PaymentMethod
        var reference: String?
        var receivedAt: Date
    }

    func insert(_ payment: Payment, recordedBy: PersonID) {
        tx.later(
            """
            INSERT INTO payments (organization_id, payment_id, invoice_id, amount, method, reference, received_at, recorded_by)
            VALUES (\(organizationID), \(payment.id), \(payment.invoiceID), \(payment.amount.amount), \(payment.method),
                    \(payment.reference), \(payment.receivedAt), \(recordedBy))
            """)
    }

    func page(of invoice: InvoiceID, after cursor: Cursor?, limit: PageLimit) async throws -> [Row] {
        let last = try cursor?.momentAndID(of: PaymentTag.self)
        let isLater: SQL = last.map { "AND (received_at, payment_id) > (\($0), \($1))" } ?? ""
        return try await tx.query(
            """
            SELECT payment_id, payments.amount, currency, method, reference, received_at
            FROM payments JOIN invoices USING (organization_id, invoice_id)
            WHERE organization_id = \(organizationID) AND invoice_id = \(invoice) \(isLater)
            ORDER BY received_at, payment_id
            LIMIT \(limit.rawValue + 1)
            """)
    }
}
