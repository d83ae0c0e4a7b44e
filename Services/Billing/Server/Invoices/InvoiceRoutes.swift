import BillingContract
import ContractKit
import Postgres
import ServiceKit

enum InvoiceRoutes {
    static let all: [Endpoint] = [
        .handle(ListInvoices.self, list),
        .handle(GetInvoice.self, read),
        .handle(SendInvoice.self, send),
    ]

    @Sendable private static func list(_ call: Call<ListInvoices>, _ tx: Transaction) async throws -> Page<Invoice> {
        let caller = try call.caller
        // A member who asks for somebody else's invoices gets an empty list: there are none that concern them.
        if let own = caller.ownPerson, let asked = call.input.memberID, asked != own { return Page(data: [], nextCursor: nil) }
        let limit = call.input.limit ?? .standard
        let page = try await InvoiceStore(tx: tx, organizationID: caller.organizationID)
            .page(member: caller.ownPerson ?? call.input.memberID, after: call.input.cursor, limit: limit)
            .cut(to: limit) { Cursor($0.createdAt, $0.invoiceID) }
        let view = InvoiceView(tx: tx, organizationID: caller.organizationID, now: call.now)
        return Page(data: try await view.show(page.rows), nextCursor: page.nextCursor)
    }

    @Sendable private static func read(_ call: Call<GetInvoice>, _ tx: Transaction) async throws -> Invoice {
        let caller = try call.caller
        let row = try await InvoiceStore(tx: tx, organizationID: caller.organizationID).invoice(call.input.invoiceID)
        guard let row, caller.mayRead(row) else { throw Problem.notFound }
        return try await InvoiceView(tx: tx, organizationID: caller.organizationID, now: call.now).show(row)
    }

    @Sendable private static func send(_ call: Call<SendInvoice>, _ tx: Transaction) async throws -> Invoice {
        let caller = try call.caller
        let sent = try await SendingInvoice(tx: tx, organizationID: caller.organizationID, now: call.now)
            .send(call.input.invoiceID, expectedVersion: call.expectedVersion)
        return try await InvoiceView(tx: tx, organizationID: caller.organizationID, now: call.now).show(sent)
    }
}

extension Caller {
    func mayRead(_ invoice: InvoiceStore.Row) -> Bool { ownPerson == nil || ownPerson == invoice.memberID }
}
