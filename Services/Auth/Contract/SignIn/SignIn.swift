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

/// The password was right, and the account has a second factor as well: ``CompleteLogin`` takes the token and a code.
public struct SecondFactorDue: Codable, Sendable, Equatable {
    /// Always true: what tells this answer from tokens.
    public var mfaRequired: Bool
    /// Good for ``CompleteLogin`` and nothing else.
    public var mfaToken: String
    /// Where to look for the code.
    public var kind: SecondFactorKind
    /// Seconds until it runs out.
    public var expiresIn: Int

    public init(mfaToken: String, kind: SecondFactorKind, expiresIn: Int) {
        mfaRequired = true
        self.mfaToken = mfaToken
        self.kind = kind
        self.expiresIn = expiresIn
    }
}

/// What a right password is answered with.
public enum SignInAnswer: Codable, Sendable, Equatable, Described {
    case tokens(Tokens)
    case secondFactorDue(SecondFactorDue)

    /// Nil when a second factor is due.
    public var tokens: Tokens? {
        guard case .tokens(let tokens) = self else { return nil }
        return tokens
    }

    private enum Key: CodingKey { case mfaRequired }

    public init(from decoder: any Decoder) throws {
        let isDue = try decoder.container(keyedBy: Key.self).contains(.mfaRequired)
        self = isDue ? .secondFactorDue(try SecondFactorDue(from: decoder)) : .tokens(try Tokens(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .tokens(let tokens): try tokens.encode(to: encoder)
        case .secondFactorDue(let due): try due.encode(to: encoder)
        }
    }

    public static let schema: JSONValue = [
        "anyOf": [
            [
                "type": "object", "required": ["access_token", "refresh_token", "token_type", "expires_in"],
                "properties": [
                    "access_token": String.schema, "refresh_token": String.schema, "token_type": String.schema, "expires_in": Int.schema,
                ],
            ],
            [
                "type": "object", "required": ["mfa_required", "mfa_token", "kind", "expires_in"],
                "properties": [
                    "mfa_required": Bool.schema, "mfa_token": String.schema, "kind": SecondFactorKind.schema, "expires_in": Int.schema,
                ],
            ],
        ]
    ]
    public static var example: Self { .tokens(Tokens(accessToken: "example", refreshToken: "example", expiresIn: 300)) }
}

public struct Login: APIOperation {
    public static let route = Route.post("/v1/auth/login")
    public static let summary = "Sign in with an email address or a username, and the password"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidCredentials, .accountLocked]
    public typealias Output = SignInAnswer

    public init() {}

    public struct Body: Codable, Sendable {
        /// Left out by whoever signs in by their ``username``.
        public var email: EmailAddress?
        public var username: Username?
        public var password: EnteredPassword
        /// For those who are in several; otherwise that of the domain they came by, or the one they signed in to last.
        public var organization: Slug?
        /// Keeps the login session alive for longer.
        public var rememberMe: Bool?

        public init(email: EmailAddress, password: EnteredPassword, organization: Slug? = nil, rememberMe: Bool? = nil) {
            self.email = email
            self.password = password
            self.organization = organization
            self.rememberMe = rememberMe
        }

        public init(username: Username, password: EnteredPassword, organization: Slug? = nil, rememberMe: Bool? = nil) {
            self.username = username
            self.password = password
            self.organization = organization
            self.rememberMe = rememberMe
        }
    }
}

/// The second step of signing in, within five minutes of the first, or ten where the code is mailed.
public struct CompleteLogin: APIOperation {
    public static let route = Route.post("/v1/auth/login/second-factor")
    public static let summary = "Complete a sign-in with a code of the second factor"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidSecondFactor, .loginExpired, .accountLocked]
    public typealias Output = Tokens

    public init() {}

    public struct Body: Codable, Sendable {
        public var mfaToken: SecretText
        public var code: SecondFactorCode

        public init(mfaToken: SecretText, code: SecondFactorCode) {
            self.mfaToken = mfaToken
            self.code = code
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
    public static let servesEnrolment = true
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
    public typealias Output = SignInAnswer

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
