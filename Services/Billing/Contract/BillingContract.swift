public import ContractKit

public enum BillingContract: ServiceContract {
    public static let name = "billing"
    public static let summary = "Invoices, taxes and payments"
    public static let operations: [any APIOperation.Type] = [
        ListInvoices.self, GetInvoice.self, SendInvoice.self, RecordPayment.self, ListPayments.self,
        ListAuditLog<Self>.self, ExportOrganization<Self>.self,
    ]
    public static let events: [any Event.Type] = [
        InvoiceIssued.self, InvoicePaid.self, PersonErased<Self>.self, PersonExported<Self>.self, PersonMergeDone<Self>.self,
    ]
}
