public import ContractKit

/// Proves once more who is signed in: what takes a fresh sign-in takes this token for as long as it lasts. The refresh token stays as it is.
public struct StepUp: APIOperation {
    public static let route = Route.post("/v1/auth/step-up")
    public static let summary = "Get an access token for what takes a fresh sign-in"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .invalidSecondFactor, .accountLocked]

    public init() {}

    public struct Body: Codable, Sendable {
        public var password: EnteredPassword
        /// Where the account has a second factor.
        public var code: SecondFactorCode?

        public init(password: EnteredPassword, code: SecondFactorCode? = nil) {
            self.password = password
            self.code = code
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        public var accessToken: String
        public var tokenType: String
        /// Seconds until the access token runs out.
        public var expiresIn: Int

        public init(accessToken: String, tokenType: String = "Bearer", expiresIn: Int) {
            self.accessToken = accessToken
            self.tokenType = tokenType
            self.expiresIn = expiresIn
        }
    }
}
