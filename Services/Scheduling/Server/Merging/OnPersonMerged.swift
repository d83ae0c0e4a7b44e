import AuthContract
import ContractKit
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Two people turn out to be one: of two places in a session one is given back, and everything else is the kept person's.
struct OnPersonMerged: Reaction {
    static let name = "scheduling.on-person-merged"

    func react(to event: PersonMerged, _ occasion: Occasion, in tx: Transaction) async throws {
        let merging = try await PersonMerging.begin(
            event.duplicateID, into: event.keptID, in: event.organizationID, from: Scheduling.tables, tx)
        var deeds: [MergeDeed] = []
        if merging.keptIsErased {
            deeds = try await Scheduling.erase(event.duplicateID, event.organizationID, now: occasion.time, in: tx).deeds.map {
                MergeDeed($0)
            }
        } else {
            let store = MergingStore(merging, tx: tx)
            try await store.close()
            deeds = try await store.endDoublePlaces(now: occasion.time)
            // What was booked meanwhile is committed by now, and nothing more comes.
            try await store.holdDuplicate()
            deeds += try await store.endDoublePlaces(now: occasion.time)
            deeds += try await store.moveOverlapping()
            deeds += try await merging.finish()
        }
        try await tx.emit(merging.answer(SchedulingContract.self, to: event.mergeID, deeds))
    }
}
