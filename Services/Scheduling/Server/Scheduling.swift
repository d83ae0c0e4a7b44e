import AuthContract
import BillingContract
import ContractKit
import SchedulingContract
import ServiceKit

/// The timetable and who is in it.
enum Scheduling: PalestraService {
    typealias Contract = SchedulingContract

    static let hears: [any Event.Type] = [
        OrganizationCreated.self, LocationSaved.self, PersonSaved.self, EngagementSaved.self, InvoicePaid.self, ErasureRequested.self,
        ExportRequested.self,
        PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let ring = try context.keyRing()
        return ServiceParts(
            endpoints: ClassTypeRoutes.all + SessionRoutes.all + SessionOutcomeRoutes.all + BookingRoutes.all + BookingListRoutes.all
                + LocationReportRoutes.all + [.auditLog(of: SchedulingContract.self), .organizationExport(of: Scheduling.self, ring)],
            reactions: [
                OnOrganizationCreated(), OnLocationSaved(), OnPersonSaved(), OnEngagementSaved(), OnInvoicePaid(), OnErasureRequested(),
                OnExportRequested(ring: ring),
                OnPersonMerged(),
            ])
    }
}
