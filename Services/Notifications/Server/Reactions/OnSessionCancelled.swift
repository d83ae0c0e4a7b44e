import Messaging
import Postgres
import SchedulingContract

/// A session was cancelled: tells everyone who had or wanted a place.
struct OnSessionCancelled: Reaction {
    static let name = "notifications.on-session-cancelled"
    let teller: Teller

    func react(to event: SessionCancelled, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: event.memberIDs, of: event.organizationID, occasion, in: tx)
    }
}
