import AuthContract
import ContractKit
import Foundation

/// What the holder of an account is mailed about signing in. Pure, and nobody's words but ours: a stranger may have caused it to be sent.
struct AccountMail: Hashable, Sendable {
    var subject: String
    var body: String

    /// - Parameters:
    ///   - publicURL: What links begin with.
    ///   - token: The secret of the link, or the code; nil for news.
    init(_ purpose: AccountLinkCreated.Purpose, publicURL: String, token: String?, until: Date?) {
        // The secret stands in the fragment, which browsers do not send to servers and proxies do not log.
        func link(_ page: String) -> String {
            let end = until.map { "\n\nThe link works once, until \(Message.moment($0, .utc)) (UTC)." } ?? ""
            return "\(publicURL)/\(page)#\(token ?? "")\(end)"
        }
        switch purpose {
        case .verifyEmail:
            subject = "Is this your address?"
            body = """
                An account was made with this email address. To confirm that it is yours, open

                \(link("verify-email"))

                If you have not signed up, do not open it, and nothing else need be done.
                """
        case .resetPassword:
            subject = "A new password"
            body = """
                Somebody asked for a new password for the account with this email address. To choose one, open

                \(link("reset-password"))

                You will be signed out everywhere. If it was not you who asked, nothing need be done: the old password is still good.
                """
        case .changeEmail:
            subject = "Your new address"
            body = """
                To sign in with this email address from now on, open

                \(link("change-email"))

                If you have not asked for it, do not open it, and nothing else need be done.
                """
        case .signInCode:
            subject = "Your code"
            body = """
                To sign in, type this code:

                \(token ?? "")

                It is good once\(until.map { ", until \(Message.moment($0, .utc)) (UTC)" } ?? ""). Nobody of ours will ever ask you for it.

                If you are not signing in, somebody else knows your password. Choose a new one now:

                \(publicURL)/forgot-password
                """
        case .emailChanging:
            subject = "Your address is about to change"
            body = """
                Somebody who gave your password asked to sign in with another email address in place of this one.

                If it was not you, choose a new password now, which stops the change:

                \(publicURL)/forgot-password
                """
        case .identityLinked:
            subject = "Another way to sign in"
            body = """
                The account with this email address can now be signed in to with another provider as well.

                If it was not you who linked it, choose a new password now, which removes it:

                \(publicURL)/forgot-password
                """
        case .passkeyAdded:
            subject = "A new passkey"
            body = """
                The account with this email address can now be signed in to with a passkey that was added to it.

                If it was not you who added it, choose a new password now, which removes it:

                \(publicURL)/forgot-password
                """
        case .passwordChanged:
            subject = "Your password was changed"
            body = """
                The password of the account with this email address was changed. Other devices were signed out.

                If it was not you, choose a new one now:

                \(publicURL)/forgot-password
                """
        }
    }
}
