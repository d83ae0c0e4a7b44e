import AuthContract
import ContractKit
import Foundation
import JWTKit
import Logging
import ServiceKit
import Synchronization

/// Signs access tokens with the installation's Ed25519 key.
///
/// The key can be changed while everything runs: a new one signs once the published keys have held its public half for a minute, because
/// edge and services read those twice a minute. Until then the old one signs.
final class TokenIssuer: Sendable {
    /// How long an access token is good for at most, in seconds. Ended login sessions are refused sooner, by event.
    static let longestLifetime = 300
    /// In seconds.
    private static let handover: TimeInterval = 60

    private let signing: FollowedFile<SigningKey>
    private let published: FollowedFile<ListTokenKeys.Output>
    private let current: Mutex<SigningKey>

    init(_ settings: Settings, published: FollowedFile<ListTokenKeys.Output>, now: Date = Date(), logger: Logger) throws {
        signing = try FollowedFile("TOKEN_SIGNING_KEY_FILE", in: settings, now: now, logger: logger, SigningKey.init)
        self.published = published
        current = Mutex(signing.reading(now: now).value)
    }

    /// - Parameter locations: Where alone they work; empty for everywhere.
    func accessToken(
        for person: PersonID, in organization: OrganizationID, roles: [Role], locations: [LocationID],
        loginSession: LoginSessionID, scopes: [KeyScope]? = nil, authenticatedAt: Date? = nil, mustEnrol: Bool = false,
        lifetime: Int = TokenIssuer.longestLifetime, now: Date
    ) async throws -> String {
        let claims = AccessTokenClaims(
            personID: person, loginSessionID: loginSession, organizationID: organization, roles: Set(roles),
            locations: locations.isEmpty ? nil : locations, scope: scopes?.map(\.rawValue).joined(separator: " "),
            authenticatedAt: authenticatedAt,
            mustEnrol: mustEnrol, issuedAt: now, lifetime: .seconds(lifetime))
        return try await sign(claims, now: now)
    }

    /// - Parameter lifetime: In seconds.
    func platformToken(
        for admin: PlatformAdminID, loginSession: LoginSessionID, hasSecondFactor: Bool, lifetime: Int, now: Date
    ) async throws -> String {
        try await sign(
            PlatformTokenClaims(
                adminID: admin, loginSessionID: loginSession, hasSecondFactor: hasSecondFactor, issuedAt: now, lifetime: .seconds(lifetime)),
            now: now)
    }

    private func sign(_ claims: some SignedClaims, now: Date) async throws -> String {
        var header = JWTHeader()
        header.typ = AccessTokenClaims.type
        let key = key(now: now)
        return try await JWTKeyCollection().add(eddsa: key.key, kid: key.id).sign(claims, kid: key.id, header: header)
    }

    private func key(now: Date) -> SigningKey {
        let (newest, known) = (signing.reading(now: now).value, published.reading(now: now))
        return current.withLock { current in
            guard newest.id != current.id else { return current }
            guard known.value.keys.contains(where: { $0.kid == newest.id.string }),
                now.timeIntervalSince(known.changedAt) >= Self.handover
            else { return current }
            current = newest
            return newest
        }
    }
}

/// A private JWK: `{"kty":"OKP","crv":"Ed25519","kid","x","d"}`.
struct SigningKey: Sendable {
    let id: JWKIdentifier
    let key: EdDSA.PrivateKey

    /// - Throws: ``SettingError``.
    init(_ text: String) throws {
        guard let file = try? JSONDecoder().decode(File.self, from: Data(text.utf8)), file.kty == "OKP", file.crv == "Ed25519",
            let key = try? EdDSA.PrivateKey(d: file.d, curve: .ed25519)
        else { throw SettingError("TOKEN_SIGNING_KEY_FILE: not a private Ed25519 JWK with a kid") }
        id = JWKIdentifier(string: file.kid)
        self.key = key
    }

    private struct File: Decodable {
        var kty: String
        var crv: String
        var kid: String
        var d: String
    }
}
