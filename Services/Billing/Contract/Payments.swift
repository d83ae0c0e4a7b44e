public import ContractKit
public import Foundation

public enum PaymentTag {}

/// Money received for an invoice.
public struct Payment: Codable, Sendable {
    public var id: Identifier<PaymentTag>
    public var invoiceID: InvoiceID
    public var memberID: PersonID
    public var amount: Money
    public var method: PaymentMethod
    @Nullable public var reference: String?
    public var receivedAt: Date

    public init(
        id: Identifier<PaymentTag>, invoiceID: InvoiceID, memberID: PersonID, amount: Money, method: PaymentMethod, reference: String?,
        receivedAt: Date
    ) {
        self.id = id
        self.invoiceID = invoiceID
        self.memberID = memberID
        self.amount = amount
        self.method = method
        self.reference = reference
        self.receivedAt = receivedAt
    }
}

extension Payment: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID, id: id.rawValue)] }
}

public enum PaymentMethod: String, Words {
    case cash, cheque
    case eTransfer = "e-transfer"
    case credit
}

extension ProblemKind {
    public static let overpayment = ProblemKind("overpayment", 422, "This is more than is due")
    public static let invoiceNotPayable = ProblemKind("invoice-not-payable", 409, "Only an invoice that was sent can be paid")
}

public struct RecordPayment: APIOperation {
    public static let route = Route.post("/v1/invoices/{invoice_id}/payments")
    public static let summary = "Record a payment"
    public static let access: Access = .any(.staff(.manageBilling))
    public static let problems: [ProblemKind] = [.overpayment, .invoiceNotPayable]

    public var invoiceID: InvoiceID

    public struct Body: Codable, Sendable {
        /// More than zero, in the invoice's currency.
        public var amount: Money
        public var method: PaymentMethod
        /// The number of the cheque or transfer.
        public var reference: Line?

        public init(amount: Money, method: PaymentMethod, reference: Line? = nil) {
            self.amount = amount
            self.method = method
            self.reference = reference
        }
    }
    public typealias Output = Payment

    public init(invoiceID: InvoiceID) { self.invoiceID = invoiceID }
}

public struct ListPayments: APIOperation {
    public static let route = Route.get("/v1/invoices/{invoice_id}/payments")
    public static let summary = "List an invoice's payments, oldest first"
    public static let access: Access = .any(.staff(.manageBilling), .own(.member))
    public static let reads: MemberData? = .financial

    public var invoiceID: InvoiceID
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<Payment>

    public init(invoiceID: InvoiceID, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.invoiceID = invoiceID
        self.limit = limit
        self.cursor = cursor
    }
}
