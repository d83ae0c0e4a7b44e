import Messaging
import Postgres
import SchedulingContract

/// A member booked, or waits: tells them which.
struct OnBookingCreated: Reaction {
    static let name = "notifications.on-booking-created"
    let teller: Teller

    func react(to event: BookingCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event), to: [event.memberID], of: event.organizationID, occasion, in: tx)
    }
}
