public import ContractKit
public import Foundation

/// A link is to be mailed that proves who reads an address, or the news of such a change.
public struct AccountLinkCreated: Event, Equatable {
    public static let type = "auth.account_link.created.v1"
    public static let summary = "A link is to be mailed that proves who reads an address, or the news of such a change"

    /// Where the account's holder was last signed in; the link is for the account, wherever it is known.
    public var organizationID: OrganizationID
    public var personID: PersonID
    public var purpose: Purpose
    /// Where to mail it, sealed with `PersonSaved.context("email", personID)`.
    public var email: SealedText
    /// The secret of the link, or a code, sealed with `PersonSaved.context("account_link", personID)`; nil when the mail is news only.
    public var token: SealedText?
    public var expiresAt: Date?
    /// Counts what was said of the account's links.
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("account_link", personID, version: version) }

    public init(
        organizationID: OrganizationID, personID: PersonID, purpose: Purpose, email: SealedText, token: SealedText? = nil,
        expiresAt: Date? = nil, version: Int64
    ) {
        self.organizationID = organizationID
        self.personID = personID
        self.purpose = purpose
        self.email = email
        self.token = token
        self.expiresAt = expiresAt
        self.version = version
    }

    public enum Purpose: String, Words {
        case verifyEmail = "verify_email"
        case resetPassword = "reset_password"
        case changeEmail = "change_email"
        /// The token is a code to type, and no link.
        case signInCode = "sign_in_code"
        /// News for the old address: somebody asked for another one.
        case emailChanging = "email_changing"
        /// News: the password is another.
        case passwordChanged = "password_changed"
        /// News: the account can be signed in to by another provider.
        case identityLinked = "identity_linked"
        /// News: the account can be signed in to with a passkey that was added to it.
        case passkeyAdded = "passkey_added"
    }
}
