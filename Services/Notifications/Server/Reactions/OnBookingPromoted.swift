import Messaging
import Postgres
import SchedulingContract

/// A place came free: tells the member who got it.
struct OnBookingPromoted: Reaction {
    static let name = "notifications.on-booking-promoted"
    let teller: Teller

    func react(to event: BookingPromoted, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
