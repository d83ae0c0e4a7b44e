public import ContractKit

/// Mails a link to the account's address, in place of the last one. Nothing happens when the address is proved already, or when a link
/// was mailed within a minute: the answer is the same.
public struct SendEmailVerification: APIOperation {
    public static let route = Route.post("/v1/auth/email-verification")
    public static let summary = "Mail the link that verifies the caller's email address"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public typealias Output = NoContent

    public init() {}
}

/// Whoever has the link reads the mail of the address. It works once.
public struct ConfirmEmailVerification: APIOperation {
    public static let route = Route.post("/v1/auth/email-verification/confirm")
    public static let summary = "Verify an email address by the link that was mailed to it"
    public static let access = Access.everyone
    public static let problems: [ProblemKind] = [.invalidLink]
    public typealias Output = NoContent
    public typealias Body = LinkToken

    public init() {}
}

/// Mails a link to the new address, which changes nothing until it is followed, and tells the old one. Whether the new address is in
/// use is answered to nobody but the one who reads its mail.
public struct ChangeEmail: APIOperation {
    public static let route = Route.post("/v1/auth/email")
    public static let summary = "Mail the link that makes another address the one to sign in with"
    public static let access = Access.signedIn
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked, .invalidSecondFactor]
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        public var email: EmailAddress
        /// The one that signs in now.
        public var password: EnteredPassword
        /// Needed by whoever has a second factor.
        public var code: SecondFactorCode?

        public init(email: EmailAddress, password: EnteredPassword, code: SecondFactorCode? = nil) {
            self.email = email
            self.password = password
            self.code = code
        }
    }
}

/// From then on the account signs in with the new address, and is known by it wherever it was known by the old one.
public struct ConfirmEmailChange: APIOperation {
    public static let route = Route.post("/v1/auth/email/confirm")
    public static let summary = "Change the address to sign in with, by the link that was mailed to the new one"
    public static let access = Access.everyone
    public static let problems: [ProblemKind] = [.invalidLink, .emailTaken]
    public typealias Output = NoContent
    public typealias Body = LinkToken

    public init() {}
}

/// What stood in the fragment of a mailed link.
public struct LinkToken: Codable, Sendable {
    public var token: SecretText

    public init(token: SecretText) { self.token = token }
}
