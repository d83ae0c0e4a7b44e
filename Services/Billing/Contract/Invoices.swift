public import ContractKit
public import Foundation

/// What one member owes for one month.
///
/// A draft collects lines and shows what the taxes would be today; sending it gives it its number and freezes both.
public struct Invoice: Codable, Sendable, Versioned {
    public var id: InvoiceID
    public var memberID: PersonID
    /// Gapless within the organization; null while a draft.
    @Nullable public var number: String?
    public var status: InvoiceStatus
    public var currency: CurrencyCode
    /// The first day of the month it covers.
    public var period: LocalDay
    public var lines: [InvoiceLine]
    public var subtotal: Money
    public var taxes: [InvoiceTax]
    public var total: Money
    public var amountPaid: Money
    public var amountDue: Money
    @Nullable public var issuedAt: Date?
    @Nullable public var dueOn: LocalDay?
    public var version: Int64

    public init(
        id: InvoiceID, memberID: PersonID, number: String?, status: InvoiceStatus, currency: CurrencyCode, period: LocalDay,
        lines: [InvoiceLine], subtotal: Money, taxes: [InvoiceTax], total: Money, amountPaid: Money, amountDue: Money,
        issuedAt: Date?, dueOn: LocalDay?, version: Int64
    ) {
        self.id = id
        self.memberID = memberID
        self.number = number
        self.status = status
        self.currency = currency
        self.period = period
        self.lines = lines
        self.subtotal = subtotal
        self.taxes = taxes
        self.total = total
        self.amountPaid = amountPaid
        self.amountDue = amountDue
        self.issuedAt = issuedAt
        self.dueOn = dueOn
        self.version = version
    }
}

extension Invoice: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID, id: id.rawValue)] }
}

/// Where an invoice stands. `overdue` is a sent one past its day; it is never stored.
public enum InvoiceStatus: String, Words {
    case draft, sent, paid, overdue, cancelled
}

public enum InvoiceLineTag {}

public struct InvoiceLine: Codable, Sendable, Hashable {
    public var id: Identifier<InvoiceLineTag>
    /// Null for a line that does not stem from a session.
    @Nullable public var sessionID: SessionID?
    public var description: String
    public var quantity: Int
    public var unitPrice: Money
    public var amount: Money

    public init(
        id: Identifier<InvoiceLineTag>, sessionID: SessionID?, description: String, quantity: Int, unitPrice: Money, amount: Money
    ) {
        self.id = id
        self.sessionID = sessionID
        self.description = description
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.amount = amount
    }
}

public struct InvoiceTax: Codable, Sendable, Hashable {
    public var code: String
    public var rate: TaxRate
    public var amount: Money

    public init(code: String, rate: TaxRate, amount: Money) {
        self.code = code
        self.rate = rate
        self.amount = amount
    }
}

extension ProblemKind {
    public static let invoiceNotDraft = ProblemKind("invoice-not-draft", 409, "This invoice has been sent already")
}

public struct ListInvoices: APIOperation {
    public static let route = Route.get("/v1/invoices")
    public static let summary = "List invoices, newest first"
    public static let access: Access = .any(.staff(.manageBilling), .own(.member))
    public static let reads: MemberData? = .financial

    public var memberID: PersonID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<Invoice>

    public init(memberID: PersonID? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.memberID = memberID
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetInvoice: APIOperation {
    public static let route = Route.get("/v1/invoices/{invoice_id}")
    public static let summary = "Read an invoice"
    public static let access: Access = .any(.staff(.manageBilling), .own(.member))
    public static let reads: MemberData? = .financial

    public var invoiceID: InvoiceID

    public typealias Output = Invoice

    public init(invoiceID: InvoiceID) { self.invoiceID = invoiceID }
}

public struct SendInvoice: APIOperation {
    public static let route = Route.post("/v1/invoices/{invoice_id}/send")
    public static let summary = "Give a draft its number and send it"
    public static let access: Access = .any(.staff(.manageBilling))
    public static let success = 200
    public static let problems: [ProblemKind] = [.invoiceNotDraft]

    public var invoiceID: InvoiceID

    public typealias Output = Invoice

    public init(invoiceID: InvoiceID) { self.invoiceID = invoiceID }
}
