import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import NotificationsContract
import Postgres
import ServiceKit

/// Somebody asks for what is held of them: what they were told and mailed.
struct OnExportRequested: Reaction {
    static let name = "notifications.on-export-requested"
    let ring: KeyRing

    func react(to event: ExportRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let export = PersonExport(
            of: event.personID, in: event.organizationID, from: Notifications.tables, of: NotificationsContract.self, ring, tx)
        try await export.say(NotificationsContract.self, to: event.exportID, ring)
    }
}
