import AuthContract
import ContractKit
import Messaging
import Postgres
import ServiceKit
import WorkoutsContract

/// Two people turn out to be one: what either lifted is one history, with the records that it comes to.
struct OnPersonMerged: Reaction {
    static let name = "workouts.on-person-merged"
    let notes: SessionNoteStore

    func react(to event: PersonMerged, _ occasion: Occasion, in tx: Transaction) async throws {
        let merging = try await PersonMerging.begin(
            event.duplicateID, into: event.keptID, in: event.organizationID, from: Workouts.tables, tx)
        var deeds: [MergeDeed] = []
        if merging.keptIsErased {
            deeds = try await Workouts.erase(event.duplicateID, event.organizationID, in: tx).deeds.map { MergeDeed($0) }
        } else {
            let store = MergingStore(merging, tx: tx)
            deeds = try await store.settleDoubleWorkouts()
            // The rows of workouts before the member's lock, as whoever completes one.
            deeds += try await merging.settle("workouts")
            try await store.lockRecords()
            deeds += try await merging.settle("personal_records")
            deeds += try await store.dropBeatenRecords()
            deeds += try await store.movePeople()
            let moved = try await notes.move(from: event.duplicateID, to: merging.keptID, event.organizationID, in: tx)
            deeds.append(MergeDeed(table: "session_notes", outcome: .moved, rows: moved))
            deeds += try await merging.finish()
        }
        try await tx.emit(merging.answer(WorkoutsContract.self, to: event.mergeID, deeds))
    }
}
