import AuthContract
import BillingContract
import ContractKit
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Turns completed sessions into invoices, and payments into paid bookings.
enum Billing: PalestraService {
    typealias Contract = BillingContract

    static let hears: [any Event.Type] = [
        OrganizationCreated.self, OrganizationUpdated.self, SessionCompleted.self, ErasureRequested.self, ExportRequested.self,
        PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let ring = try context.keyRing()
        return ServiceParts(
            endpoints: InvoiceRoutes.all + PaymentRoutes.all + [
                .auditLog(of: BillingContract.self), .organizationExport(of: Billing.self, ring),
            ],
            reactions: [
                OnOrganizationCreated(), OnOrganizationUpdated(), OnSessionCompleted(), OnErasureRequested(), OnExportRequested(ring: ring),
                OnPersonMerged(),
            ])
    }
}
