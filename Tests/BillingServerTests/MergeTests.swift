import AuthContract
import BillingContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import BillingServer

/// Two members who are one: what either owes and has paid, to the cent.
@Suite struct MergeTests {
    @discardableResult
    private func merge(_ duplicate: PersonID, into kept: PersonID, _ books: Books) async throws -> PersonMergeDone<BillingContract> {
        let event = PersonMerged(organizationID: books.id, mergeID: PersonMergeID(), keptID: kept, duplicateID: duplicate)
        try await books.service.hear(OnPersonMerged(), event)
        let said: [PersonMergeDone<BillingContract>] = try await books.stored.said(
            PersonMergeDone<BillingContract>.self, organization: books.id)
        return try #require(said.first { $0.mergeID == event.mergeID })
    }

    /// Everything that is money: of lines, of what was sent, of what was paid, and the numbers.
    private func sums(_ books: Books) async throws -> String {
        try await books.stored.sql(
            """
            select (select sum(amount) || ' in ' || count(*) from billing.invoice_lines),
                (select sum(total) || ' ' || sum(paid) from billing.invoices),
                (select sum(amount) || ' in ' || count(*) from billing.payments), (select sum(amount) from billing.invoice_taxes),
                (select string_agg(number || ':' || total || ':' || paid || ':' || status, ', ' order by number) from billing.invoices
                    where number is not null)
            """)
    }

    @Test("S1-82: two members who are one owe and have paid what both did") func moneyAddsUp() async throws {
        try await withBooks { books in
            let (kept, duplicate, other) = (PersonID(), PersonID(), PersonID())
            try await books.hold([kept, other])
            try await books.hold([duplicate], price: 3333)
            // One that was paid, one in part, and drafts of the same month and of another.
            let paid = try await books.send(try #require(try await books.invoices(of: kept).first))
            try await books.pay(paid, paid.total.amount)
            let part = try await books.send(try #require(try await books.invoices(of: duplicate).first))
            try await books.pay(part, 1000)
            try await books.hold([kept, duplicate], price: 1999, at: "2026-03-20T15:00:00Z")
            try await books.hold([duplicate], price: 777, at: "2026-05-20T15:00:00Z")
            let before = try await sums(books)

            let done = try await merge(duplicate, into: kept, books)
            #expect(try await sums(books) == before)
            #expect(done.deeds.contains(MergeDeed(table: "invoices", outcome: .joined, rows: 1)))
            #expect(done.deeds.contains(MergeDeed(table: "invoices", outcome: .moved, rows: 2)))
            let invoices = try await books.invoices(of: kept)
            #expect(invoices.count == 4)
            #expect(try await books.invoices(of: duplicate).isEmpty)
            let march = try #require(invoices.first { $0.status == .draft && $0.period.rawValue == "2026-03-01" })
            #expect(march.lines.map(\.amount) == [books.money(1999), books.money(1999)])
            #expect(invoices.first { $0.id == part.id }?.amountDue == books.money(part.total.amount - 1000))
            #expect(try await books.invoices(of: other).flatMap(\.lines).count == 1)
            // What is due can be paid, and the joined draft sent.
            try await books.pay(part, part.total.amount - 1000)
            #expect(try await books.send(march).total.amount == 3998 + 200 + 280)
        }
    }

    @Test func whatBothWereBilledForASessionStaysAndIsNotBilledAgain() async throws {
        try await withBooks { books in
            let (kept, duplicate) = (PersonID(), PersonID())
            let event = try await books.hold([kept, duplicate])
            try await merge(duplicate, into: kept, books)
            #expect(try await books.invoices(of: kept).flatMap(\.lines).count == 2)
            try await books.service.hear(OnSessionCompleted(), event)
            #expect(try await books.invoices(of: kept).flatMap(\.lines).count == 2)
            #expect(try await books.invoices(of: duplicate).isEmpty)
            // A late one about both.
            try await books.hold([kept, duplicate], at: "2026-03-12T15:00:00Z")
            let invoices = try await books.invoices(of: kept)
            #expect(invoices.count == 1 && invoices.flatMap(\.lines).count == 4)
            #expect(try await books.invoices(of: duplicate).isEmpty)
        }
    }

    @Test func whoRecordedAPaymentIsTheKeptPerson() async throws {
        try await withBooks { books in
            let (member, kept) = (PersonID(), PersonID())
            try await books.hold([member])
            let sent = try await books.send(try #require(try await books.invoices(of: member).first))
            try await books.pay(sent, 100)
            let before = try await books.stored.sql("select amount, method, received_at from billing.payments")
            try await merge(books.owner, into: kept, books)
            #expect(try await books.stored.sql("select recorded_by from billing.payments") == "\(kept)")
            #expect(try await books.stored.sql("select amount, method, received_at from billing.payments") == before)
        }
    }

    /// Sessions are completed for the duplicate while the two are merged.
    @Test func nothingIsLostInARace() async throws {
        try await withBooks { books in
            let (kept, duplicate) = (PersonID(), PersonID())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for day in 1...20 {
                    tasks.addTask {
                        let event = try books.completed([duplicate, kept], at: "2026-03-\(day < 10 ? "0" : "")\(day)T15:00:00Z")
                        for attempt in 0..<20 {
                            do {
                                try await books.service.hear(OnSessionCompleted(), event)
                                break
                            } catch  where attempt < 19 {}
                        }
                    }
                }
                tasks.addTask {
                    for attempt in 0..<20 {
                        do {
                            try await merge(duplicate, into: kept, books)
                            break
                        } catch  where attempt < 19 {}
                    }
                }
                try await tasks.waitForAll()
            }
            let invoices = try await books.invoices(of: kept)
            #expect(invoices.count == 1 && invoices.flatMap(\.lines).count == 40)
            #expect(try await books.invoices(of: duplicate).isEmpty)
        }
    }
}
