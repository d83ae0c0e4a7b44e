import AuthContract
import BillingContract
import ContractKit
import FieldEncryption
import Messaging
import NotificationsContract
import Postgres
import SchedulingContract
import WorkoutsContract

/// A service has sent a part of what it holds of somebody: it is kept, under their key, until the archive is made.
struct OnPersonExported<Service: ServiceContract>: Reaction {
    static var name: String { "auth.on-\(Service.name)-person-exported" }
    let exports: ExportStore
    let ring: KeyRing

    func react(to event: PersonExported<Service>, _ occasion: Occasion, in tx: Transaction) async throws {
        guard let service = ErasingService(rawValue: Service.name) else { return }
        let content = try ring.open(event.content, context: PersonExported<Service>.context(event.exportID, event.number))
        try await exports.note(
            content, event.number, isLast: event.isLast, by: service, to: event.exportID, of: event.personID, event.organizationID,
            at: occasion.time, in: tx)
    }
}

extension AuthParts {
    var exportReactions: [any Reaction] {
        [
            OnExportRequested(parts: self),
            OnPersonExported<SchedulingContract>(exports: exports, ring: ring),
            OnPersonExported<WorkoutsContract>(exports: exports, ring: ring),
            OnPersonExported<BillingContract>(exports: exports, ring: ring),
            OnPersonExported<NotificationsContract>(exports: exports, ring: ring),
        ]
    }
}
