import Messaging
import Postgres
import SchedulingContract

/// Nobody comes.
struct OnSessionCancelled: Reaction {
    static let name = "auth.unbooked-members"

    func react(to event: SessionCancelled, _ occasion: Occasion, in tx: Transaction) async throws {
        BookedMembers.count(-1, of: event.memberIDs, with: event.trainerID, event.organizationID, in: tx)
    }
}
