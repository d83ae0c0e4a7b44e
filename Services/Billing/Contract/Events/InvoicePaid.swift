public import ContractKit

/// The payments of an invoice reached its total.
public struct InvoicePaid: Event, Equatable {
    public static let type = "billing.invoice.paid.v1"
    public static let summary = "The payments of an invoice reached its total"

    public var organizationID: OrganizationID
    public var invoiceID: InvoiceID
    public var memberID: PersonID
    public var number: Line
    public var total: Money
    /// The bookings behind its lines.
    public var bookingIDs: [BookingID]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("invoice", invoiceID, version: version) }

    public init(
        organizationID: OrganizationID, invoiceID: InvoiceID, memberID: PersonID, number: Line, total: Money, bookingIDs: [BookingID],
        version: Int64
    ) {
        self.organizationID = organizationID
        self.invoiceID = invoiceID
        self.memberID = memberID
        self.number = number
        self.total = total
        self.bookingIDs = bookingIDs
        self.version = version
    }
}
