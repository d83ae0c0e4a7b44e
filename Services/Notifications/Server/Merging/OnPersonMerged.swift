import AuthContract
import ContractKit
import Messaging
import NotificationsContract
import Postgres
import ServiceKit

/// Two people turn out to be one: what either was told is in one inbox, and what is to be mailed goes to the address of the one who is kept.
struct OnPersonMerged: Reaction {
    static let name = "notifications.on-person-merged"

    func react(to event: PersonMerged, _ occasion: Occasion, in tx: Transaction) async throws {
        let merging = try await PersonMerging.begin(
            event.duplicateID, into: event.keptID, in: event.organizationID, from: Notifications.tables, tx)
        var deeds: [MergeDeed] = []
        if merging.keptIsErased {
            deeds = try await Notifications.erase(event.duplicateID, event.organizationID, in: tx).deeds.map { MergeDeed($0) }
        } else {
            try await dropWhatBothAreMailed(merging, in: tx)
            deeds = try await merging.finish()
        }
        try await tx.emit(merging.answer(NotificationsContract.self, to: event.mergeID, deeds))
    }

    /// Takes those mails off the queue that go because the kept person gets the same one.
    private func dropWhatBothAreMailed(_ merging: PersonMerging, in tx: Transaction) async throws {
        try await tx.execute(
            """
            DELETE FROM mail_queue WHERE mail_id IN (
                SELECT d.mail_id FROM mails d
                JOIN mails k ON k.organization_id = d.organization_id AND k.person_id = \(merging.keptID) AND k.event_id = d.event_id
                WHERE d.organization_id = \(merging.organizationID) AND d.person_id = \(merging.duplicateID))
            """)
    }
}
