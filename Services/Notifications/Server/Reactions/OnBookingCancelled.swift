import Messaging
import Postgres
import SchedulingContract

/// A booking was cancelled: tells its member.
struct OnBookingCancelled: Reaction {
    static let name = "notifications.on-booking-cancelled"
    let teller: Teller

    func react(to event: BookingCancelled, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
