import AuthContract
import BillingContract
import ContractKit
import Messaging
import NotificationsContract
import Postgres
import SchedulingContract
import WorkoutsContract

/// A service has merged two people: its answer is noted, and the last one ends the merge.
struct OnPersonMergeDone<Service: ServiceContract>: Reaction {
    static var name: String { "auth.on-\(Service.name)-person-merged" }
    let merges: PersonMergeStore

    func react(to event: PersonMergeDone<Service>, _ occasion: Occasion, in tx: Transaction) async throws {
        guard let service = MergingService(rawValue: Service.name) else { return }
        try await merges.note(event.deeds, by: service, to: event.mergeID, event.organizationID, at: occasion.time, in: tx)
    }
}

extension AuthParts {
    var mergeReactions: [any Reaction] {
        [
            OnPersonMergeDone<SchedulingContract>(merges: personMerges),
            OnPersonMergeDone<WorkoutsContract>(merges: personMerges),
            OnPersonMergeDone<BillingContract>(merges: personMerges),
            OnPersonMergeDone<NotificationsContract>(merges: personMerges),
        ]
    }
}
