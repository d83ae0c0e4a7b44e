import Messaging
import Postgres
import SchedulingContract

/// A session was held: tells those who attended.
struct OnSessionCompleted: Reaction {
    static let name = "notifications.on-session-completed"
    let teller: Teller

    func react(to event: SessionCompleted, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: event.attendees.map(\.memberID), of: event.organizationID, occasion, in: tx)
    }
}
