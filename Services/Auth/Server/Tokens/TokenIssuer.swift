import ContractKit
import Foundation
import JWTKit
import ServiceKit

/// Signs access tokens with the installation's Ed25519 key.
struct TokenIssuer: Sendable {
    /// How long an access token is good for, in seconds. Ended login sessions are refused sooner, by event.
    static let lifetime = 300

    private let key: EdDSA.PrivateKey
    private let keyID: JWKIdentifier

    /// - Parameter signingKey: A private JWK: `{"kty":"OKP","crv":"Ed25519","kid","x","d"}`.
    init(signingKey: String) throws {
        guard let file = try? JSONDecoder().decode(SigningKey.self, from: Data(signingKey.utf8)), file.kty == "OKP", file.crv == "Ed25519",
            let key = try? EdDSA.PrivateKey(d: file.d, curve: .ed25519)
        else { throw SettingError("TOKEN_SIGNING_KEY_FILE: not a private Ed25519 JWK with a kid") }
        self.key = key
        keyID = JWKIdentifier(string: file.kid)
    }

    func accessToken(
        for person: PersonID, in organization: OrganizationID, roles: [Role], loginSession: LoginSessionID, now: Date
    ) async throws -> String {
        let claims = AccessTokenClaims(
            personID: person, loginSessionID: loginSession, organizationID: organization, roles: Set(roles), issuedAt: now,
            lifetime: .seconds(Self.lifetime))
        var header = JWTHeader()
        header.typ = AccessTokenClaims.type
        return try await JWTKeyCollection().add(eddsa: key, kid: keyID).sign(claims, kid: keyID, header: header)
    }

    private struct SigningKey: Decodable {
        var kty: String
        var crv: String
        var kid: String
        var d: String
    }
}
