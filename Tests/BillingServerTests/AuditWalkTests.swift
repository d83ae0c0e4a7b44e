import BillingContract
import ContractKit
import TestSupport
import Testing

@testable import BillingServer

@Suite struct AuditWalkTests {
    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withBooks { books in
            let member = PersonID()
            try await books.hold([member])
            let sent = try await books.send(try #require(try await books.invoices(of: member).first))
            try await books.pay(sent, sent.amountDue.amount)
            #expect(try await books.stored.unlogged(BillingContract.self, by: [books.owner]) == [])
            // What a reaction did is told apart.
            let rows = try await books.stored.sql(
                "select distinct by, actor_id from billing.audit_log where record_type = 'invoice_lines'")
            #expect(rows.hasSuffix("|"))
        }
    }

    @Test("S1-96: every look at a member's invoices and payments adds a row, and a refused one none")
    func looksAtInvoicesAreLogged() async throws {
        try await withBooks { books in
            let (ada, ben) = (PersonID(), PersonID())
            try await books.hold([ada, ben])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            try await books.pay(sent, 100)
            let seen = """
                select string_agg(by || coalesce(':' || (new_values -> 'ids' ->> 0), ''), ' ' order by seq) from billing.audit_log
                where action = 'read' and record_type = 'financial_data' and record_id =
                """
            let before = try await books.stored.sql("\(seen) '\(ada)'")
            #expect(before == "ListInvoices:\(sent.id)")
            _ = try await books.read(sent)
            let payments = try await books.service.call(ListPayments(invoiceID: sent.id), token: books.token(of: ada)).data
            let payment = try #require(payments.first)
            #expect(payment.memberID == ada)
            _ = try await books.service.call(ListInvoices(), token: books.staff)
            let after = "\(before) GetInvoice:\(sent.id) ListPayments:\(payment.id) ListInvoices:\(sent.id)"
            #expect(try await books.stored.sql("\(seen) '\(ada)'") == after)
            #expect(try await books.stored.sql("\(seen) '\(ben)'").hasPrefix("ListInvoices:"))
            let token = try await books.token(of: ben)
            for path in ["/v1/invoices/\(sent.id)", "/v1/invoices/\(sent.id)/payments"] {
                #expect(try await books.service.request("GET", path, token: token).status == 404)
            }
            #expect(try await books.stored.sql("\(seen) '\(ada)'") == after)
        }
    }
}
