public import ContractKit
public import Foundation
public import JWTKit

/// What the access token of somebody who runs the installation says, once it is verified.
public struct PlatformToken: Sendable, Hashable {
    public let adminID: PlatformAdminID
    public let loginSessionID: LoginSessionID
    /// Whether both factors were given; else it is good for giving the second.
    public let hasSecondFactor: Bool
}

/// The claims of such a token. Its audience is another than that of organizations' people, so that neither passes as the other.
public struct PlatformTokenClaims: SignedClaims {
    public static let audience = "palestra-platform"

    public var iss: String
    public var aud: AudienceClaim
    public var sub: PlatformAdminID
    public var sid: LoginSessionID
    public var mfa: Bool
    /// Seconds since 1970.
    public var iat: Int64
    public var nbf: Int64
    public var exp: Int64
    public var jti: String

    public init(
        adminID: PlatformAdminID, loginSessionID: LoginSessionID, hasSecondFactor: Bool, issuedAt: Date, lifetime: Duration
    ) {
        iss = AccessTokenClaims.issuer
        aud = AudienceClaim(value: [Self.audience])
        sub = adminID
        sid = loginSessionID
        mfa = hasSecondFactor
        iat = Int64(issuedAt.timeIntervalSince1970)
        nbf = iat
        exp = iat + lifetime.components.seconds
        jti = UUID().lowercaseText
    }

    /// ``TokenVerifier`` checks the claims, against its own clock.
    public func verify(using algorithm: some JWTAlgorithm) {}
}

/// What every token of ours says, whoever it is for.
public protocol SignedClaims: JWTPayload {
    static var audience: String { get }
    var iss: String { get }
    var aud: AudienceClaim { get }
    var iat: Int64 { get }
    var nbf: Int64 { get }
    var exp: Int64 { get }
}

extension AccessTokenClaims: SignedClaims {}
