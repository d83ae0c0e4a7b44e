import ContractKit
import Messaging
import Postgres
import SchedulingContract

/// A session was held: opens a workout for each attendee, to log what they did.
struct OnSessionCompleted: Reaction {
    static let name = "workouts.on-session-completed"

    func react(to event: SessionCompleted, _ occasion: Occasion, in tx: Transaction) async throws {
        let store = WorkoutStore(tx: tx, organizationID: event.organizationID)
        for attendee in event.attendees {
            store.open(
                WorkoutStore.Opening(
                    workoutID: WorkoutID(now: occasion.time), memberID: attendee.memberID, trainerID: event.trainerID,
                    sessionID: event.sessionID, startedAt: event.startsAt))
        }
    }
}
