import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import Postgres
import ServiceKit
import WorkoutsContract

/// Somebody asks for what is held of them: their workouts with every set.
struct OnExportRequested: Reaction {
    static let name = "workouts.on-export-requested"
    let ring: KeyRing

    func react(to event: ExportRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let export = PersonExport(
            of: event.personID, in: event.organizationID, from: Workouts.tables, of: WorkoutsContract.self, ring, tx)
        try await export.say(WorkoutsContract.self, to: event.exportID, ring)
    }
}
