public import ContractKit

/// An invoice got its number and was sent.
public struct InvoiceIssued: Event, Equatable {
    public static let type = "billing.invoice.issued.v1"
    public static let summary = "An invoice got its number and was sent"

    public var organizationID: OrganizationID
    public var invoiceID: InvoiceID
    public var memberID: PersonID
    public var number: Line
    public var total: Money
    public var dueOn: LocalDay
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("invoice", invoiceID, version: version) }

    public init(
        organizationID: OrganizationID, invoiceID: InvoiceID, memberID: PersonID, number: Line, total: Money, dueOn: LocalDay,
        version: Int64
    ) {
        self.organizationID = organizationID
        self.invoiceID = invoiceID
        self.memberID = memberID
        self.number = number
        self.total = total
        self.dueOn = dueOn
        self.version = version
    }
}
