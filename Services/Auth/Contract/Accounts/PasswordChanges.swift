public import ContractKit

/// Mails a link to the address, if there is an account by it; the answer is the same when there is none, or when a link was mailed within
/// a minute.
public struct ForgotPassword: APIOperation {
    public static let route = Route.post("/v1/auth/password/forgot")
    public static let summary = "Mail the link that sets a new password"
    public static let access = Access.everyone
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        public var email: EmailAddress

        public init(email: EmailAddress) { self.email = email }
    }
}

/// Sets the password by a mailed link, which works once, and ends every login session of the account. Signing in is another call.
public struct ResetPassword: APIOperation {
    public static let route = Route.post("/v1/auth/password/reset")
    public static let summary = "Set a new password by the link that was mailed"
    public static let access = Access.everyone
    public static let problems: [ProblemKind] = [.invalidLink]
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        public var token: SecretText
        public var password: Password

        public init(token: SecretText, password: Password) {
            self.token = token
            self.password = password
        }
    }
}

/// Takes both factors, where there are two. Ends every other login session of the account, and the links that were mailed to reset its password or change its address.
public struct ChangePassword: APIOperation {
    public static let route = Route.post("/v1/auth/password")
    public static let summary = "Change the caller's password"
    public static let access = Access.signedIn
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked, .invalidSecondFactor]
    public typealias Output = NoContent

    public init() {}

    public struct Body: Codable, Sendable {
        public var currentPassword: EnteredPassword
        public var password: Password
        /// Needed by whoever has a second factor.
        public var code: SecondFactorCode?

        public init(currentPassword: EnteredPassword, password: Password, code: SecondFactorCode? = nil) {
            self.currentPassword = currentPassword
            self.password = password
            self.code = code
        }
    }
}
