import BillingContract
import ContractKit
import Foundation

/// What an invoice comes to. Pure: rates and days are passed in.
enum InvoiceRules {
    /// How long a member has to pay, in days from the day of issue.
    static let daysToPay = 14

    struct Rate: Hashable, Sendable {
        var code: String
        var rate: TaxRate
    }

    struct Totals: Equatable {
        var subtotal: Int64
        /// One amount for each rate, in the same order.
        var taxes: [Int64]
        var total: Int64
    }

    /// Each tax is taken on the subtotal and rounded once: rounding line by line would drift from what the law asks.
    static func totals(lines: [Int64], rates: [Rate]) -> Totals {
        let subtotal = lines.reduce(0, +)
        let taxes = rates.map { $0.rate.tax(on: subtotal) }
        return Totals(subtotal: subtotal, taxes: taxes, total: taxes.reduce(subtotal, +))
    }

    /// The first day of the month in which `moment` falls in `zone`.
    static func period(of moment: Date, in zone: TimeZone) -> LocalDay {
        let day = LocalDay(moment, in: zone)
        return LocalDay(year: day.year, month: day.month, day: 1) ?? day
    }

    /// The day of a session as its line names it.
    static func dayText(_ moment: Date, in zone: TimeZone) -> String { LocalDay(moment, in: zone).rawValue }

    static func dueDay(issuedAt: Date, in zone: TimeZone) -> LocalDay {
        LocalDay(issuedAt.addingTimeInterval(Double(daysToPay) * 86_400), in: zone)
    }

    /// What the API shows for a stored status.
    static func status(_ stored: InvoiceStatus, dueOn: LocalDay?, today: LocalDay) -> InvoiceStatus {
        guard stored == .sent, let dueOn, dueOn < today else { return stored }
        return .overdue
    }

    /// A number as people read it: `INV-000042`.
    static func number(_ number: Int64) -> String {
        let digits = String(number)
        return "INV-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    enum PaymentOutcome: Equatable {
        case accepted(settles: Bool)
        case notPositive
        case otherCurrency
        case tooMuch(due: Int64)
    }

    static func accept(_ amount: Money, total: Int64, paid: Int64, currency: CurrencyCode) -> PaymentOutcome {
        guard amount.currency == currency else { return .otherCurrency }
        guard amount.amount > 0 else { return .notPositive }
        let due = total - paid
        guard amount.amount <= due else { return .tooMuch(due: due) }
        return .accepted(settles: amount.amount == due)
    }
}
