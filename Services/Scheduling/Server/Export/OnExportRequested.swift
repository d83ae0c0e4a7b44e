import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Somebody asks for what is held of them: their bookings and the sessions that they hold.
struct OnExportRequested: Reaction {
    static let name = "scheduling.on-export-requested"
    let ring: KeyRing

    func react(to event: ExportRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let export = PersonExport(
            of: event.personID, in: event.organizationID, from: Scheduling.tables, of: SchedulingContract.self, ring, tx)
        try await export.say(SchedulingContract.self, to: event.exportID, ring)
    }
}
