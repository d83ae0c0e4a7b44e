import BillingContract
import ContractKit
import Foundation
import Testing

@testable import BillingServer

@Suite struct InvoiceRulesTests {
    private func rate(_ code: String, _ rate: String) throws -> InvoiceRules.Rate {
        InvoiceRules.Rate(code: code, rate: try #require(TaxRate(rawValue: rate)))
    }

    @Test func eachTaxIsTakenOnceOnTheSubtotal() throws {
        // Three lines of 3.33: tax line by line would come to 0.51, on the subtotal it is 0.50.
        let totals = InvoiceRules.totals(lines: [333, 333, 333], rates: [try rate("gst", "0.05"), try rate("qst", "0.09975")])
        #expect(totals == .init(subtotal: 999, taxes: [50, 100], total: 1149))
        #expect(InvoiceRules.totals(lines: [], rates: [try rate("gst", "0.05")]) == .init(subtotal: 0, taxes: [0], total: 0))
    }

    @Test func theMonthIsTheMonthAtThePlace() throws {
        let moment = try #require(Moment.date("2026-03-01T03:30:00Z"))
        let toronto = try #require(TimeZone(identifier: "America/Toronto"))
        #expect(InvoiceRules.period(of: moment, in: toronto).rawValue == "2026-02-01")
        #expect(InvoiceRules.period(of: moment, in: .gmt).rawValue == "2026-03-01")
    }

    @Test func overdueFollowsFromTheDay() throws {
        let due = try #require(LocalDay(rawValue: "2026-03-15"))
        let after = try #require(LocalDay(rawValue: "2026-03-16"))
        #expect(InvoiceRules.status(.sent, dueOn: due, today: due) == .sent)
        #expect(InvoiceRules.status(.sent, dueOn: due, today: after) == .overdue)
        #expect(InvoiceRules.status(.paid, dueOn: due, today: after) == .paid)
        #expect(InvoiceRules.status(.draft, dueOn: nil, today: after) == .draft)
    }

    @Test func paymentsNeverExceedWhatIsDue() {
        func accept(_ amount: Int64, _ currency: CurrencyCode = .example) -> InvoiceRules.PaymentOutcome {
            InvoiceRules.accept(Money(amount: amount, currency: currency), total: 1000, paid: 400, currency: .example)
        }
        #expect(accept(599) == .accepted(settles: false))
        #expect(accept(600) == .accepted(settles: true))
        #expect(accept(601) == .tooMuch(due: 600))
        #expect(accept(0) == .notPositive)
        #expect(accept(-1) == .notPositive)
        #expect(CurrencyCode(rawValue: "USD").map { accept(600, $0) } == .otherCurrency)
    }

    @Test func numbersReadWell() {
        #expect(InvoiceRules.number(42) == "INV-000042")
        #expect(InvoiceRules.number(1_234_567) == "INV-1234567")
    }
}
