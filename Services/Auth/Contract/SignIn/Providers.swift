public import ContractKit
public import Foundation

/// Somebody else whose word on who somebody is counts here, by OpenID Connect.
public struct SignInProvider: Codable, Sendable, Equatable {
    public var name: Slug
    /// What a button says: `Google`.
    public var title: Line

    public init(name: Slug, title: Line) {
        self.name = name
        self.title = title
    }
}

public struct ListSignInProviders: APIOperation {
    public static let route = Route.get("/v1/auth/providers")
    public static let summary = "Where else people may sign in"
    public static let access = Access.everyone
    public typealias Output = Page<SignInProvider>

    public init() {}
}

/// Makes the address where the provider asks who somebody is. It sends them back with a code and the state, which are good for
/// ``CompleteProviderSignIn``, or ``LinkIdentity`` where that was asked for, once and within ten minutes. The client compares the state
/// with the one it was given: another one was brought by somebody else.
public struct BeginProviderSignIn: APIOperation {
    public static let route = Route.post("/v1/auth/providers/{name}/begin")
    public static let summary = "Begin to sign in with another provider"
    public static let access = Access.everyone
    public static let success = 200

    public var name: Slug

    public init(name: Slug) { self.name = name }

    public struct Body: OptionalBody {
        /// To link what comes back to the account of the caller, who is signed in.
        public var link: Bool?
        /// The secret of an invitation, for somebody who has no account yet.
        public var invitation: SecretText?
        /// For those who are in several; otherwise the one they signed in to last.
        public var organization: Slug?
        /// Keeps the login session alive for longer.
        public var rememberMe: Bool?

        public init(link: Bool? = nil, invitation: SecretText? = nil, organization: Slug? = nil, rememberMe: Bool? = nil) {
            self.link = link
            self.invitation = invitation
            self.organization = organization
            self.rememberMe = rememberMe
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        /// Where to send the browser.
        public var authorizationURL: String
        public var state: String
        /// Seconds until the state runs out.
        public var expiresIn: Int

        public init(authorizationURL: String, state: String, expiresIn: Int) {
            self.authorizationURL = authorizationURL
            self.state = state
            self.expiresIn = expiresIn
        }
    }
}

/// What the provider sent the browser back with.
public struct ProviderAnswer: Codable, Sendable {
    public var code: SecretText
    public var state: SecretText
    /// RFC 9207: who says it, where they say it.
    public var iss: WebAddress?

    public init(code: SecretText, state: SecretText, iss: WebAddress? = nil) {
        self.code = code
        self.state = state
        self.iss = iss
    }
}

/// Signs in whoever linked the identity. It is known by what the provider calls it, never by an email address. One that nobody linked has
/// no account, whatever address it names, and may only accept an invitation.
public struct CompleteProviderSignIn: APIOperation {
    public static let route = Route.post("/v1/auth/providers/{name}/complete")
    public static let summary = "Complete a sign-in with another provider"
    public static let access = Access.everyone
    public static let success = 200
    public static let problems: [ProblemKind] = [.oidcFailed, .identityNotLinked, .invalidInvitation]
    public typealias Body = ProviderAnswer
    public typealias Output = SignInAnswer

    public var name: Slug

    public init(name: Slug) { self.name = name }
}

public enum IdentityTag {}
public typealias IdentityID = Identifier<IdentityTag>

/// A way to sign in that is kept elsewhere.
public struct Identity: Codable, Sendable, Equatable {
    public var id: IdentityID
    /// A provider's name.
    public var provider: Slug
    public var createdAt: Date
    @Nullable public var lastUsedAt: Date?

    public init(id: IdentityID, provider: Slug, createdAt: Date, lastUsedAt: Date? = nil) {
        self.id = id
        self.provider = provider
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

public struct ListIdentities: APIOperation {
    public static let route = Route.get("/v1/auth/identities")
    public static let summary = "Where else the caller's account signs in"
    public static let access = Access.signedIn
    public typealias Output = Page<Identity>

    public init() {}
}

/// Takes a sign-in that the caller began to link, and a verified address. The address is told.
public struct LinkIdentity: APIOperation {
    public static let route = Route.post("/v1/auth/identities")
    public static let summary = "Link an identity of another provider to the caller's account"
    public static let access = Access.signedIn
    public static let problems: [ProblemKind] = [.oidcFailed, .identityTaken, .emailNotVerified]
    public typealias Body = ProviderAnswer
    public typealias Output = Identity

    public init() {}
}

public struct UnlinkIdentity: APIOperation {
    public static let route = Route.delete("/v1/auth/identities/{identity_id}")
    public static let summary = "Sign in with an identity no more"
    public static let access = Access.signedIn
    public typealias Output = NoContent

    public var identityID: IdentityID

    public init(identityID: IdentityID) { self.identityID = identityID }
}
