import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import Postgres

/// Somebody was invited: mails them the link. Not in the inbox, which they cannot read yet.
struct OnInvitationCreated: Reaction {
    static let name = "notifications.on-invitation-created"
    let teller: Teller
    let publicURL: String

    func react(to event: InvitationCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        let token = try teller.keys.open(event.token, context: PersonSaved.context("invitation", event.personID))
        // The secret stands in the fragment, which browsers do not send to servers and proxies do not log.
        let body = """
            You have been invited. To choose a password and sign in, open

            \(publicURL)/invitations#\(token)

            The link works once, until \(Message.moment(event.expiresAt, .utc)) (UTC).
            """
        try teller.mail(
            MailStore.Draft(personID: event.personID, recipient: event.email, subject: "Your invitation", body: body),
            of: event.organizationID, occasion, in: tx)
    }
}
