public import ContractKit
public import Foundation

public enum APIKeyTag {}
public typealias APIKeyID = Identifier<APIKeyTag>

/// What a program of an integrator calls the API with, in the name of whoever made it. Never its secret.
public struct APIKey: Codable, Sendable, Equatable {
    /// Also its `client_id`, and the login session of the access tokens that it gets.
    public var id: APIKeyID
    public var name: Line
    public var scopes: [KeyScope]
    /// Who made it. It may do what they may at the moment, as far as its scopes go.
    public var personID: PersonID
    public var createdAt: Date
    /// When it last got an access token.
    @Nullable public var lastUsedAt: Date?
    @Nullable public var expiresAt: Date?

    public init(
        id: APIKeyID, name: Line, scopes: [KeyScope], personID: PersonID, createdAt: Date, lastUsedAt: Date? = nil, expiresAt: Date?
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.personID = personID
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

/// The secret is in this answer and nowhere else. Takes a fresh sign-in: the key outlives it.
public struct CreateAPIKey: APIOperation {
    public static let route = Route.post("/v1/api-keys")
    public static let summary = "Make a key for a program that calls the API"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let takesKeys = false
    public static let needsFreshSignIn = true

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line
        /// 1 to 30, each once. One that no operation declares is good for nothing.
        public var scopes: [KeyScope]
        /// Left out, it lasts until it is revoked.
        public var expiresAt: Date?

        public init(name: Line, scopes: [KeyScope], expiresAt: Date? = nil) {
            self.name = name
            self.scopes = scopes
            self.expiresAt = expiresAt
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        public var key: APIKey
        public var clientSecret: String

        public init(key: APIKey, clientSecret: String) {
            self.key = key
            self.clientSecret = clientSecret
        }
    }
}

public struct ListAPIKeys: APIOperation {
    public static let route = Route.get("/v1/api-keys")
    public static let summary = "The organization's keys, newest first"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let takesKeys = false
    public typealias Output = Page<APIKey>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// The access tokens that it got are refused within a second.
public struct RevokeAPIKey: APIOperation {
    public static let route = Route.delete("/v1/api-keys/{api_key_id}")
    public static let summary = "Revoke a key for good"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let takesKeys = false
    public typealias Output = NoContent

    public var apiKeyID: APIKeyID

    public init(apiKeyID: APIKeyID) { self.apiKeyID = apiKeyID }
}

public enum OAuthGrant: String, Words {
    case clientCredentials = "client_credentials"
}

/// The client credentials grant of OAuth 2 (RFC 6749, section 4.4): no refresh token, the key asks again. Refusals are problems as
/// everywhere, not the `error` of that standard.
public struct GetKeyToken: APIOperation {
    public static let route = Route.post(KeyScope.tokenPath)
    public static let summary = "Get an access token for a key"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.invalidClient, .invalidScope]

    public init() {}

    public struct Body: FormBody {
        public var grantType: OAuthGrant
        public var clientID: APIKeyID
        public var clientSecret: SecretText
        /// Fewer than the key has; left out, all of them.
        public var scope: KeyScopes?

        public init(grantType: OAuthGrant = .clientCredentials, clientID: APIKeyID, clientSecret: SecretText, scope: KeyScopes? = nil) {
            self.grantType = grantType
            self.clientID = clientID
            self.clientSecret = clientSecret
            self.scope = scope
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        public var accessToken: String
        public var tokenType: String
        /// Seconds until the access token runs out.
        public var expiresIn: Int
        /// What it is good for, with spaces between.
        public var scope: String

        public init(accessToken: String, tokenType: String = "Bearer", expiresIn: Int, scope: String) {
            self.accessToken = accessToken
            self.tokenType = tokenType
            self.expiresIn = expiresIn
            self.scope = scope
        }
    }
}
