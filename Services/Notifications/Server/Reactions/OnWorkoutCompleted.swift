import Messaging
import Postgres
import WorkoutsContract

/// A workout was completed: tells the member, with the records that fell.
struct OnWorkoutCompleted: Reaction {
    static let name = "notifications.on-workout-completed"
    let teller: Teller

    func react(to event: WorkoutCompleted, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
