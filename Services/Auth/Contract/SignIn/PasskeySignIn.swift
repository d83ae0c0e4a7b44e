public import ContractKit

/// The first of two steps, the same for everybody: the authenticator knows whose passkeys it has.
public struct BeginPasskeySignIn: APIOperation {
    public static let route = Route.post("/v1/auth/passkeys/challenge")
    public static let summary = "Get what a passkey signs to sign in or to step up"
    public static let access = Access.everyone
    public static let success = 200

    public init() {}

    /// Goes into `navigator.credentials.get`, with user verification required and no list of credentials.
    public struct Output: Codable, Sendable, Equatable {
        /// Good once.
        public var challenge: Base64URL
        /// `rpId`.
        public var relyingPartyID: String
        /// Seconds until the challenge runs out.
        public var expiresIn: Int

        public init(challenge: Base64URL, relyingPartyID: String, expiresIn: Int) {
            self.challenge = challenge
            self.relyingPartyID = relyingPartyID
            self.expiresIn = expiresIn
        }
    }
}

/// What an authenticator answered with a passkey.
public struct PasskeyAnswer: Codable, Sendable {
    /// `rawId`.
    public var credentialID: Base64URL
    /// `response.clientDataJSON`.
    public var clientData: Base64URL
    /// `response.authenticatorData`.
    public var authenticatorData: Base64URL
    /// `response.signature`.
    public var signature: Base64URL
    /// `response.userHandle`.
    public var userHandle: Base64URL

    public init(
        credentialID: Base64URL, clientData: Base64URL, authenticatorData: Base64URL, signature: Base64URL, userHandle: Base64URL
    ) {
        self.credentialID = credentialID
        self.clientData = clientData
        self.authenticatorData = authenticatorData
        self.signature = signature
        self.userHandle = userHandle
    }
}

/// The second step. No code is asked for: the passkey is something that somebody has, and it has checked who they are.
public struct SignInWithPasskey: APIOperation {
    public static let route = Route.post("/v1/auth/passkeys/sign-in")
    public static let summary = "Sign in with a passkey"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.passkeyRefused, .invalidCredentials]
    public typealias Output = Tokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var answer: PasskeyAnswer
        /// For those who are in several; otherwise that of the domain they came by, or the one they signed in to last.
        public var organization: Slug?
        /// Keeps the login session alive for longer.
        public var rememberMe: Bool?

        public init(answer: PasskeyAnswer, organization: Slug? = nil, rememberMe: Bool? = nil) {
            self.answer = answer
            self.organization = organization
            self.rememberMe = rememberMe
        }
    }
}

/// As ``StepUp``, with one of the caller's passkeys in place of the password and a code.
public struct StepUpWithPasskey: APIOperation {
    public static let route = Route.post("/v1/auth/step-up/passkey")
    public static let summary = "Get an access token for what takes a fresh sign-in, with a passkey"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let success = 200
    public static let problems: [ProblemKind] = [.passkeyRefused]
    public typealias Body = PasskeyAnswer
    public typealias Output = StepUp.Output

    public init() {}
}
