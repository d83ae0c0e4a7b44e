import ContractKit
import FieldEncryption
import Foundation
import Messaging
import NotificationsContract
import Postgres

/// Tells people something: a row in the inbox and a mail to send, in the reaction's transaction; once for each event.
struct Teller: Sendable {
    let keys: KeyRing

    func tell(
        _ message: Message, to people: [PersonID], of organization: OrganizationID, _ occasion: Occasion, in tx: Transaction
    ) throws {
        // Made-up ids stand for those who were erased.
        for person in people where !person.isPseudonym {
            InboxStore(tx: tx, organizationID: organization, personID: person)
                .tell(message, event: occasion.eventID, at: occasion.time)
            try mail(
                MailStore.Draft(personID: person, recipient: nil, subject: message.title, body: message.body), of: organization,
                occasion, in: tx)
        }
    }

    func mail(_ draft: MailStore.Draft, of organization: OrganizationID, _ occasion: Occasion, in tx: Transaction) throws {
        let id = MailID()
        let sealed = try keys.seal(draft.body, context: MailStore.bodyContext(id))
        MailStore(tx: tx, organizationID: organization).insert(id, draft, sealedBody: sealed, event: occasion.eventID)
        tx.signal(MailStore.signal)
    }
}
