public import ContractKit
public import Foundation

public enum PasskeyTag {}
public typealias PasskeyID = Identifier<PasskeyTag>

/// A key that an authenticator keeps, and signs in with once somebody has shown it a finger, a face or a number. It is both factors.
public struct Passkey: Codable, Sendable, Equatable {
    public var id: PasskeyID
    public var name: Line
    /// Whether it is on other devices of its owner as well.
    public var isBackedUp: Bool
    /// Whether its signatures were counted backwards: somebody has a copy. It signs in no more, and is to be removed.
    public var isSuspect: Bool
    public var createdAt: Date
    @Nullable public var lastUsedAt: Date?

    public init(id: PasskeyID, name: Line, isBackedUp: Bool, isSuspect: Bool, createdAt: Date, lastUsedAt: Date?) {
        self.id = id
        self.name = name
        self.isBackedUp = isBackedUp
        self.isSuspect = isSuspect
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// The first of two steps. What it answers goes into `navigator.credentials.create`, with user verification and a resident key required and
/// no attestation.
public struct BeginPasskeyRegistration: APIOperation {
    public static let route = Route.post("/v1/auth/passkeys/registration")
    public static let summary = "Get what an authenticator makes a passkey of"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let success = 200
    public static let needsFreshSignIn = true
    public static let problems: [ProblemKind] = [.emailNotVerified]

    public init() {}

    public struct Output: Codable, Sendable, Equatable {
        /// For this account and login session, once.
        public var challenge: Base64URL
        /// `rp.id`, and where it is for people to read.
        public var relyingPartyID: String
        public var relyingPartyName: String
        /// `user.id`: says nothing of who it is.
        public var userID: Base64URL
        public var userName: EmailAddress
        /// COSE numbers: -7 (ES256).
        public var algorithms: [Int]
        /// The passkeys that the account has already.
        public var excludeCredentials: [Base64URL]
        /// Seconds until the challenge runs out.
        public var expiresIn: Int

        public init(
            challenge: Base64URL, relyingPartyID: String, relyingPartyName: String, userID: Base64URL, userName: EmailAddress,
            algorithms: [Int], excludeCredentials: [Base64URL], expiresIn: Int
        ) {
            self.challenge = challenge
            self.relyingPartyID = relyingPartyID
            self.relyingPartyName = relyingPartyName
            self.userID = userID
            self.userName = userName
            self.algorithms = algorithms
            self.excludeCredentials = excludeCredentials
            self.expiresIn = expiresIn
        }
    }
}

/// The second step. Takes a verified address, which is told.
public struct RegisterPasskey: APIOperation {
    public static let route = Route.post("/v1/auth/passkeys")
    public static let summary = "Sign in with a passkey from now on"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public static let problems: [ProblemKind] = [.passkeyRefused, .passkeyTaken, .tooManyPasskeys, .emailNotVerified]
    public typealias Output = Passkey

    public init() {}

    /// What the authenticator answered.
    public struct Body: Codable, Sendable {
        /// How its owner will know it.
        public var name: Line
        /// `rawId`.
        public var credentialID: Base64URL
        /// `response.clientDataJSON`.
        public var clientData: Base64URL
        /// `response.attestationObject`. Whatever it attests is passed over.
        public var attestationObject: Base64URL

        public init(name: Line, credentialID: Base64URL, clientData: Base64URL, attestationObject: Base64URL) {
            self.name = name
            self.credentialID = credentialID
            self.clientData = clientData
            self.attestationObject = attestationObject
        }
    }
}

public struct ListPasskeys: APIOperation {
    public static let route = Route.get("/v1/auth/passkeys")
    public static let summary = "The caller's passkeys, oldest first"
    public static let access = Access.signedIn
    public static let servesEnrolment = true
    public typealias Output = Page<Passkey>

    public init() {}
}

public struct RenamePasskey: APIOperation {
    public static let route = Route.patch("/v1/auth/passkeys/{passkey_id}")
    public static let summary = "Call one of the caller's passkeys something else"
    public static let access = Access.signedIn
    public typealias Output = Passkey

    public var passkeyID: PasskeyID

    public init(passkeyID: PasskeyID) { self.passkeyID = passkeyID }

    public struct Body: Codable, Sendable {
        public var name: Line

        public init(name: Line) { self.name = name }
    }
}

public struct DeletePasskey: APIOperation {
    public static let route = Route.delete("/v1/auth/passkeys/{passkey_id}")
    public static let summary = "Sign in with a passkey no more"
    public static let access = Access.signedIn
    public static let needsFreshSignIn = true
    public typealias Output = NoContent

    public var passkeyID: PasskeyID

    public init(passkeyID: PasskeyID) { self.passkeyID = passkeyID }
}
