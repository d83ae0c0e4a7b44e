public import ContractKit
public import Foundation
public import JWTKit

/// What an access token says, once it is verified.
public struct AccessToken: Sendable, Hashable {
    public let personID: PersonID
    public let organizationID: OrganizationID
    public let loginSessionID: LoginSessionID
    public let roles: Set<Role>
    /// The locations at which alone they work; nil for everywhere.
    public let locationIDs: Set<LocationID>?
    public let expiresAt: Date
    /// When somebody last proved to be this person: signed in, or stepped up since.
    public let authenticatedAt: Date
    /// Whether it is good for adding a second factor only, which the organization asks for and the login session lacks.
    public let mustEnrol: Bool
    /// What it is limited to; nil for what somebody got who signed in, which is not.
    public let scopes: Set<String>?

    /// Whether it may be used for `operation` of a service.
    func covers<O: APIOperation>(_ operation: O.Type, of service: String) -> Bool {
        scopes.map { !$0.isDisjoint(with: O.scopes(in: service)) } ?? true
    }
}

/// The claims of an access token, as auth signs them: `typ` at+jwt, EdDSA.
public struct AccessTokenClaims: JWTPayload {
    public static let issuer = "palestra"
    public static let audience = "palestra"
    public static let type = "at+jwt"

    public var iss: String
    public var aud: AudienceClaim
    public var sub: PersonID
    public var sid: LoginSessionID
    public var org: OrganizationID
    /// Words of ``Role``; a reader passes over those it does not know.
    public var roles: [String]
    /// The locations at which alone they work; left out of the token of somebody who works everywhere.
    public var locations: [LocationID]?
    /// Scopes with spaces between, as RFC 9068 has them; left out of a token that is not limited.
    public var scope: String?
    /// When somebody proved once more who they are, in seconds since 1970; left out, the login session's id says when they signed in.
    public var authTime: Int64?
    /// True in a token that is good for adding a second factor only; else left out.
    public var enrol: Bool?
    /// Seconds since 1970.
    public var iat: Int64
    public var nbf: Int64
    public var exp: Int64
    public var jti: String

    public init(
        personID: PersonID, loginSessionID: LoginSessionID, organizationID: OrganizationID, roles: Set<Role>,
        locations: [LocationID]? = nil, scope: String? = nil, authenticatedAt: Date? = nil, mustEnrol: Bool = false, issuedAt: Date,
        lifetime: Duration = .seconds(300)
    ) {
        iss = Self.issuer
        aud = AudienceClaim(value: [Self.audience])
        sub = personID
        sid = loginSessionID
        org = organizationID
        self.roles = roles.map(\.rawValue).sorted()
        self.locations = locations
        self.scope = scope
        authTime = authenticatedAt.map { Int64($0.timeIntervalSince1970) }
        enrol = mustEnrol ? true : nil
        iat = Int64(issuedAt.timeIntervalSince1970)
        nbf = iat
        exp = iat + lifetime.components.seconds
        jti = UUID().lowercaseText
    }

    enum CodingKeys: String, CodingKey {
        case iss, aud, sub, sid, org, roles, locations, scope
        case authTime = "auth_time"
        case enrol, iat, nbf, exp, jti
    }

    /// ``TokenVerifier`` checks the claims, against its own clock.
    public func verify(using algorithm: some JWTAlgorithm) {}
}
