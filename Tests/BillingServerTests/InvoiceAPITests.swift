import BillingContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import BillingServer

@Suite struct InvoiceAPITests {
    @Test("S1-76: numbers are gapless, whoever sends") func numbersAreGaplessWhoeverSends() async throws {
        try await withBooks { books in
            let members = (0..<50).map { _ in PersonID() }
            try await books.hold(members)
            var drafts: [Invoice] = []
            for member in members { drafts += try await books.invoices(of: member) }
            // Each draft is sent by three at once: one wins, the others are told, and none of them costs a number.
            let outcomes = try await withThrowingTaskGroup(of: Problem?.self) { group in
                for draft in drafts + drafts + drafts { group.addTask { try await refusal { try await books.send(draft) } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 50)
            #expect(outcomes.compactMap(\.self).allSatisfy { $0.isA(.invoiceNotDraft) })
            let sent = try await members.asyncMap { try await books.invoices(of: $0) }.flatMap(\.self)
            #expect(sent.compactMap(\.number).sorted() == (1...50).map { InvoiceRules.number(Int64($0)) })
            #expect(sent.allSatisfy { $0.total.amount == $0.subtotal.amount + $0.taxes.reduce(0) { $0 + $1.amount.amount } })
            #expect(try await books.stored.said(InvoiceIssued.self).count == 50)
        }
    }

    @Test("S1-78: taxes are itemized") func taxesAreItemized() async throws {
        try await withBooks { books in
            let ada = PersonID()
            try await books.hold([ada], price: 10_000)
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            #expect(sent.subtotal == books.money(10_000) && sent.total == books.money(11_200))
            #expect(sent.taxes.map(\.code) == ["gst", "pst"] && sent.taxes.map(\.rate.rawValue) == ["0.05", "0.07"])
            #expect(sent.taxes.map(\.amount) == [books.money(500), books.money(700)])
        }
    }

    @Test func taxesFreezeWhenItIsSent() async throws {
        try await withBooks { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            #expect(sent.total == books.money(5600))
            try await books.stored.sql("update billing.tax_rates set millionths = 200000")
            try await books.hold([ada], at: "2026-04-10T15:00:00Z")
            #expect(try await books.read(sent).total == books.money(5600))
            #expect(try await books.read(sent).taxes.map(\.rate.rawValue) == ["0.05", "0.07"])
            #expect(try await books.invoices(of: ada).first { $0.status == .draft }?.total == books.money(7000))
        }
    }

    @Test("S1-83: paying settles it, in parts") func payingSettlesIt() async throws {
        try await withBooks { books in
            let ada = PersonID()
            let event = try await books.hold([ada])
            let draft = try #require(try await books.invoices(of: ada).first)
            #expect(try await refusal { try await books.pay(draft, 100) }?.isA(.invoiceNotPayable) == true)
            let sent = try await books.send(draft)
            try await books.pay(sent, 600)
            #expect(try await books.read(sent).amountDue == books.money(5000))
            #expect(try await refusal { try await books.pay(sent, 5001) }?.isA(.overpayment) == true)
            #expect(try await books.stored.said(InvoicePaid.self).isEmpty)
            try await books.pay(sent, 5000)
            let paid = try await books.read(sent)
            #expect(paid.status == .paid && paid.amountDue == books.money(0))
            #expect(try await books.stored.said(InvoicePaid.self).map(\.bookingIDs) == [event.attendees.map(\.bookingID)])
            #expect(try await refusal { try await books.pay(sent, 1) }?.isA(.overpayment) == true)
            let payments = try await books.service.call(ListPayments(invoiceID: sent.id), token: books.staff).data
            #expect(payments.map(\.amount) == [books.money(600), books.money(5000)])
        }
    }

    @Test func racingPaymentsNeverExceedTheTotal() async throws {
        try await withBooks(taxes: []) { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            let refused = try await withThrowingTaskGroup(of: Problem?.self) { group in
                for _ in 0..<20 { group.addTask { try await refusal { try await books.pay(sent, 1000) } } }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(refused.count == 15 && refused.allSatisfy { $0.isA(.overpayment) })
            #expect(try await books.read(sent).status == .paid)
            #expect(try await books.stored.said(InvoicePaid.self).count == 1)
        }
    }

    @Test func oneKeyIsOnePayment() async throws {
        try await withBooks(taxes: []) { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            let first = try await books.pay(sent, 1000, key: "till-7")
            #expect(try await books.pay(sent, 1000, key: "till-7").id == first.id)
            #expect(try await refusal { try await books.pay(sent, 2000, key: "till-7") }?.isA(.idempotencyMismatch) == true)
            #expect(try await books.read(sent).amountPaid == books.money(1000))
        }
    }

    @Test func anInvoiceOfNothingIsPaidWhenSent() async throws {
        try await withBooks { books in
            let ada = PersonID()
            try await books.hold([ada], price: 0)
            #expect(try await books.send(try #require(try await books.invoices(of: ada).first)).status == .paid)
            #expect(try await books.stored.said(InvoicePaid.self).count == 1)
        }
    }

    @Test("S4-33: members see their own") func membersSeeTheirOwn() async throws {
        try await withBooks { books in
            let (ada, ben) = (PersonID(), PersonID())
            try await books.hold([ada, ben])
            let hers = try #require(try await books.invoices(of: ada).first)
            let token = try await books.token(of: ben)
            #expect(try await books.service.call(ListInvoices(), token: token).data.map(\.memberID) == [ben])
            #expect(try await books.service.call(ListInvoices(memberID: ada), token: token).data.isEmpty)
            #expect(try await refusal { try await books.service.call(GetInvoice(invoiceID: hers.id), token: token) }?.status == 404)
            #expect(try await refusal { try await books.service.call(SendInvoice(invoiceID: hers.id), token: token) }?.status == 403)

            let stranger = try await Books(books.service, books.stored)
            #expect(try await refusal { try await stranger.read(hers) }?.status == 404)
            #expect(try await refusal { try await stranger.send(hers) }?.status == 404)
            #expect(try await refusal { try await stranger.pay(hers, 1) }?.status == 404)
        }
    }

    @Test("S1-84: methods are known ones") func methodsAreKnownOnes() async throws {
        try await withBooks(taxes: []) { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            func pay(by method: String) async throws -> RawAnswer {
                try await books.service.request(
                    "POST", "/v1/invoices/\(sent.id)/payments", token: books.staff,
                    json: #"{"amount":{"amount":1,"currency":"CAD"},"method":"\#(method)"}"#)
            }
            for method in ["cheque", "e-transfer", "cash", "credit"] {
                let paid = try await pay(by: method)
                #expect(try paid.status == 201 && paid.decoded(as: JSONValue.self)["method"] == .string(method), "\(paid.text)")
            }
            for method in ["barter", "", "CASH"] {
                let refused = try await pay(by: method)
                #expect(try refused.status == 422 && refused.problem.errors?.map(\.pointer) == ["#/method"], "\(method)")
            }
        }
    }

    @Test func badPaymentsNameTheField() async throws {
        try await withBooks { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            let path = "/v1/invoices/\(sent.id)/payments"
            let cases = [
                (#"{"amount":{"amount":0,"currency":"CAD"},"method":"cash"}"#, "#/amount/amount"),
                (#"{"amount":{"amount":1.5,"currency":"CAD"},"method":"cash"}"#, "#/amount/amount"),
                (#"{"amount":{"amount":1,"currency":"USD"},"method":"cash"}"#, "#/amount/currency"),
                (#"{"amount":{"amount":1,"currency":"CAD"},"method":"barter"}"#, "#/method"),
                (#"{"method":"cash"}"#, "#/amount"),
            ]
            for (body, pointer) in cases {
                let answer = try await books.service.request("POST", path, token: books.staff, json: body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.problem.errors?.map(\.pointer) == [pointer], "\(body)")
            }
        }
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
