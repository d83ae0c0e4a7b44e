import BillingContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import BillingServer

@Suite struct OnSessionCompletedTests {
    @Test func attendeesGetALineOnTheDraftOfTheirMonth() async throws {
        try await withBooks { books in
            let (ada, ben) = (PersonID(), PersonID())
            let first = try await books.hold([ada, ben])
            try await books.hold([ada], price: 2500, at: "2026-03-20T15:00:00Z")
            try await books.hold([ada], at: "2026-04-02T15:00:00Z")

            let invoices = try await books.invoices(of: ada)
            #expect(invoices.map(\.period.rawValue).sorted() == ["2026-03-01", "2026-04-01"])
            let march = try #require(invoices.first { $0.period.rawValue == "2026-03-01" })
            #expect(march.status == .draft && march.number == nil)
            #expect(march.lines.map(\.amount) == [books.money(5000), books.money(2500)])
            #expect(march.lines.first?.sessionID == first.sessionID)
            #expect(march.subtotal == books.money(7500))
            #expect(march.taxes.map(\.amount) == [books.money(375), books.money(525)])
            #expect(march.total == books.money(8400))
            #expect(try await books.invoices(of: ben).flatMap(\.lines).count == 1)
        }
    }

    /// The inbox remembers events; this is the fence behind it, for a dead letter that is replayed after the inbox has forgotten.
    @Test("S1-82: a session and member are billed once") func aSessionAndMemberAreBilledOnce() async throws {
        try await withBooks { books in
            let members = (0..<5).map { _ in PersonID() }
            let event = try books.completed(members)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    // A twin may lose against the constraint; the consumer would run it again.
                    group.addTask { _ = try? await books.service.hear(OnSessionCompleted(), event) }
                }
            }
            try await books.service.hear(OnSessionCompleted(), event)
            for member in members {
                let invoices = try await books.invoices(of: member)
                #expect(invoices.count == 1 && invoices.flatMap(\.lines).count == 1)
                let line = try #require(invoices.first?.lines.first)
                #expect(line.sessionID == event.sessionID && line.amount.amount == line.unitPrice.amount * Int64(line.quantity))
            }
        }
    }

    @Test func whatComesAfterSendingGoesOnANewDraft() async throws {
        try await withBooks { books in
            let ada = PersonID()
            try await books.hold([ada])
            let sent = try await books.send(try #require(try await books.invoices(of: ada).first))
            try await books.hold([ada], at: "2026-03-11T15:00:00Z")
            let invoices = try await books.invoices(of: ada)
            #expect(invoices.map(\.status).sorted { $0.rawValue < $1.rawValue } == [.draft, .sent])
            #expect(try await books.read(sent).lines.count == 1)
        }
    }
}
