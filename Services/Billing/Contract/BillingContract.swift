public import ContractKit

public enum BillingContract: ServiceContract {
    public static let name = "billing"
    public static let summary = "Invoices, taxes and payments"
    public static let operations: [any APIOperation.Type] = []
    public static let events: [any Event.Type] = [InvoiceIssued.self, InvoicePaid.self]
}
