public import ContractKit
public import Foundation
public import JWTKit

/// What an access token says, once it is verified.
public struct AccessToken: Sendable, Hashable {
    public let personID: PersonID
    public let organizationID: OrganizationID
    public let loginSessionID: LoginSessionID
    public let roles: Set<Role>
    public let expiresAt: Date
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
    /// Seconds since 1970.
    public var iat: Int64
    public var nbf: Int64
    public var exp: Int64
    public var jti: String

    public init(
        personID: PersonID, loginSessionID: LoginSessionID, organizationID: OrganizationID, roles: Set<Role>, issuedAt: Date,
        lifetime: Duration = .seconds(300)
    ) {
        iss = Self.issuer
        aud = AudienceClaim(value: [Self.audience])
        sub = personID
        sid = loginSessionID
        org = organizationID
        self.roles = roles.map(\.rawValue).sorted()
        iat = Int64(issuedAt.timeIntervalSince1970)
        nbf = iat
        exp = iat + lifetime.components.seconds
        jti = UUID().lowercaseText
    }

    /// ``TokenVerifier`` checks the claims, against its own clock.
    public func verify(using algorithm: some JWTAlgorithm) {}
}
