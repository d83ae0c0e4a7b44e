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
        let (erasure, deeds) = try await Notifications.erase(event.personID, event.organizationID, in: tx)
        try await tx.emit(erasure.answer(NotificationsContract.self, to: event.erasureRequestID, deeds))
    }
}

extension Notifications {
    static func erase(
        _ person: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> (erasure: PersonErasure, deeds: [ErasureDeed]) {
        let erasure = PersonErasure(of: person, in: organization, from: tables, tx)
        try await erasure.begin()
        return (erasure, try await erasure.finish())
    }

    static let tables: [PersonalTable] =
        [
            .parts("mail_queue", of: "mails", by: "mail_id", key: "mail_id"),
            .rows("mails", ["person_id": .deleted])
                .opening(theirs("recipient", "email"))
                .without(["body": "it may hold a link or a code that signs in; what it says is told in notifications as well"])
                .merging(.movedUnlessSame(by: ["event_id"])),
            .rows("notifications", ["person_id": .deleted])
                .merging(.movedUnlessSame(by: ["event_id", "kind"])),
            .rows("people", ["person_id": .deleted]).opening(theirs("full_name", "full_name"), theirs("email", "email"))
                .merging(.dropped),
        ] + PersonalTable.ofEveryService

    /// As it came with an event.
    private static func theirs(_ column: String, _ field: String) -> SealedColumn {
        .ring(column) { place in PersonID(place.text("person_id")).map { PersonSaved.context(field, $0) } ?? "" }
    }
}
