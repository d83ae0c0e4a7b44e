import AuthContract
import ContractKit
import Messaging
import NotificationsContract
import Postgres
import ServiceKit

/// Somebody is to be erased: what they were told goes, and what was to be mailed to them is not.
struct OnErasureRequested: Reaction {
    static let name = "notifications.on-erasure-requested"

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let erasure = PersonErasure(of: event.personID, in: event.organizationID, from: Notifications.tables, tx)
        try await erasure.begin()
        try await tx.emit(erasure.answer(NotificationsContract.self, to: event.erasureRequestID, try await erasure.finish()))
    }
}

extension Notifications {
    static let tables: [PersonalTable] =
        [
            .parts("mail_queue", of: "mails", by: "mail_id", key: "mail_id"),
            .rows("mails", ["person_id": .deleted]),
            .rows("notifications", ["person_id": .deleted]),
            .rows("people", ["person_id": .deleted]),
        ] + PersonalTable.ofEveryService
}
