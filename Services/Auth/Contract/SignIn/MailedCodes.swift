public import ContractKit

/// For those without an authenticator app: from then on sign-in mails a code to the account's address and asks for it. A code is good once,
/// for ten minutes, and not after five wrong ones. Takes a verified address.
public struct EnableMailedCodes: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor/mailed-codes")
    public static let summary = "Sign in with a code that is mailed, besides the password"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked, .emailNotVerified, .secondFactorEnabled]
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        /// Once more: whoever finds a device unlocked must not add a factor.
        public var password: EnteredPassword

        public init(password: EnteredPassword) { self.password = password }
    }
}

/// For what takes a code besides signing in. Nothing is mailed to those who have an app, to those who have no second factor, or when a code
/// was mailed within a minute: the answer is the same.
public struct MailSecondFactorCode: APIOperation {
    public static let route = Route.post("/v1/auth/second-factor/code")
    public static let summary = "Mail a code to the caller's address"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public typealias Output = NoContent

    public init() {}
}
