import Messaging
import Postgres
import SchedulingContract

/// A member does not come after all.
struct OnBookingCancelled: Reaction {
    static let name = "auth.unbooked-member"

    func react(to event: BookingCancelled, _ occasion: Occasion, in tx: Transaction) async throws {
        BookedMembers.count(-1, of: [event.memberID], with: event.trainerID, event.organizationID, in: tx)
    }
}
