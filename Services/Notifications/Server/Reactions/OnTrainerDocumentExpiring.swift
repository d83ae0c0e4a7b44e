import AuthContract
import Messaging
import Postgres

/// A trainer's document runs out: tells the trainer, and those who run the place.
struct OnTrainerDocumentExpiring: Reaction {
    static let name = "notifications.on-trainer-document-expiring"
    let teller: Teller

    func react(to event: TrainerDocumentExpiring, _ occasion: Occasion, in tx: Transaction) async throws {
        try teller.tell(.about(event, isOwn: true), to: [event.trainerID], of: event.organizationID, occasion, in: tx)
        try teller.tell(.about(event, isOwn: false), to: event.staffIDs, of: event.organizationID, occasion, in: tx)
    }
}
