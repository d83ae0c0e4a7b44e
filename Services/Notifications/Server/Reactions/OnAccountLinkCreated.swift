import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import Postgres

/// An account's holder is to prove that they read a mail, or to know of a change: mails it to the address that the event names. Not in the
/// inbox: whoever is signed in is not who is to be asked.
struct OnAccountLinkCreated: Reaction {
    static let name = "notifications.on-account-link-created"
    let teller: Teller
    let publicURL: String

    func react(to event: AccountLinkCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        let token = try event.token.map { try teller.keys.open($0, context: PersonSaved.context("account_link", event.personID)) }
        let mail = AccountMail(event.purpose, publicURL: publicURL, token: token, until: event.expiresAt)
        try teller.mail(
            MailStore.Draft(personID: event.personID, recipient: event.email, subject: mail.subject, body: mail.body),
            of: event.organizationID, occasion, in: tx)
    }
}
