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
        PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        ServiceParts(
            endpoints: ClassTypeRoutes.all + SessionRoutes.all + SessionOutcomeRoutes.all + BookingRoutes.all + BookingListRoutes.all
                + [.auditLog(of: SchedulingContract.self)],
            reactions: [
                OnOrganizationCreated(), OnLocationSaved(), OnPersonSaved(), OnEngagementSaved(), OnInvoicePaid(), OnErasureRequested(),
                OnPersonMerged(),
            ])
    }
}
