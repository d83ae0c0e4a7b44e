import Messaging
import Postgres
import SchedulingContract

/// A member comes to a trainer's session: the trainer sees them from now on.
struct OnBookingCreated: Reaction {
    static let name = "auth.booked-member"

    func react(to event: BookingCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        BookedMembers.count(1, of: [event.memberID], with: event.trainerID, event.organizationID, in: tx)
    }
}
