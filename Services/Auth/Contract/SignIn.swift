public import ContractKit

/// What a client signs its calls with, and how it gets the next.
public struct Tokens: Codable, Sendable, Equatable {
    public var accessToken: String
    /// Good for one use: each refresh answers a new one.
    public var refreshToken: String
    public var tokenType: String
    /// Seconds until the access token runs out.
    public var expiresIn: Int

    public init(accessToken: String, refreshToken: String, tokenType: String = "Bearer", expiresIn: Int) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.tokenType = tokenType
        self.expiresIn = expiresIn
    }
}

public struct Login: APIOperation {
    public static let route = Route.post("/v1/auth/login")
    public static let summary = "Sign in with email and password"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked]
    public typealias Output = Tokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var email: EmailAddress
        public var password: EnteredPassword
        /// For those who are in several; otherwise the one they signed in to last.
        public var organization: Slug?
        /// Keeps the login session alive for longer.
        public var rememberMe: Bool?

        public init(email: EmailAddress, password: EnteredPassword, organization: Slug? = nil, rememberMe: Bool? = nil) {
            self.email = email
            self.password = password
            self.organization = organization
            self.rememberMe = rememberMe
        }
    }
}

/// Trades a refresh token for new tokens. A spent one that comes back was copied: it ends the login session.
public struct RefreshTokens: APIOperation {
    public static let route = Route.post("/v1/auth/refresh")
    public static let summary = "Get new tokens for a refresh token"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidRefreshToken]
    public typealias Output = Tokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var refreshToken: SecretText

        public init(refreshToken: SecretText) { self.refreshToken = refreshToken }
    }
}

public struct Logout: APIOperation {
    public static let route = Route.post("/v1/auth/logout")
    public static let summary = "End this login session"
    public static let access = Access.signedIn
    public typealias Output = NoContent

    public init() {}
}

/// Sets the invited person's password and signs in. Whoever has an account by that email address already gives its password.
public struct AcceptInvitation: APIOperation {
    public static let route = Route.post("/v1/auth/invitations/accept")
    public static let summary = "Accept an invitation with a password and sign in"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidInvitation, .invalidCredentials, .accountLocked]
    public typealias Output = Tokens

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

/// The public halves of the keys that sign access tokens, as RFC 7517 has them.
public struct ListTokenKeys: APIOperation {
    public static let route = Route.get("/.well-known/jwks.json")
    public static let summary = "The keys that access tokens are checked with"
    public static let access = Access.everyone

    public init() {}

    public struct Output: Codable, Sendable, Equatable {
        public var keys: [Key]

        public init(keys: [Key]) { self.keys = keys }
    }

    public struct Key: Codable, Sendable, Equatable {
        public var kty: String
        public var crv: String
        public var kid: String
        public var x: String
        public var alg: String?
        public var use: String?

        public init(kty: String, crv: String, kid: String, x: String, alg: String? = nil, use: String? = nil) {
            self.kty = kty
            self.crv = crv
            self.kid = kid
            self.x = x
            self.alg = alg
            self.use = use
        }
    }
}
