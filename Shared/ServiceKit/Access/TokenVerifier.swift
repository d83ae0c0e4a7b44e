import ContractKit
import Crypto
public import Foundation
import JWTKit
public import Logging
import Synchronization

/// Checks access tokens against the public keys of auth: exactly EdDSA, a key we know by its id, `at+jwt`, and the claims.
///
/// A token names no key or algorithm that would be taken at its word: `jku`, `jwk`, `x5u` and `x5c` are never looked at.
public final class TokenVerifier: Sendable {
    /// How far the clocks of two machines may be apart, in seconds.
    public static let skew: TimeInterval = 30
    private static let cacheLimit = 20_000
    private static let reloadInterval: TimeInterval = 30

    private struct Memory {
        var keys: [String: any JWTAlgorithm] = [:]
        var loadedAt = Date.distantPast
        /// By SHA-256 of the token, so that the process' memory holds no tokens.
        var verified: [SHA256Digest: AccessToken] = [:]
    }

    private let keysFile: String
    private let logger: Logger
    private let memory = Mutex(Memory())
    /// The login sessions whose tokens count no more.
    public let ended: EndedSessions
    /// The organizations and people whose tokens are refused for now.
    public let standings = Standings()

    /// - Parameter keysFile: path of auth's JWKS document.
    /// - Throws: ``SettingError`` when it cannot be read or holds no Ed25519 key.
    public init(keysFile: String, ended: EndedSessions = EndedSessions(), logger: Logger) async throws {
        self.keysFile = keysFile
        self.ended = ended
        self.logger = logger
        let keys = try await Self.keys(in: keysFile)
        memory.withLock { $0.keys = keys }
    }

    /// What `token` says; nil when it is not good, for whatever reason: the caller is not told which.
    public func verify(_ token: String, now: Date) async -> AccessToken? {
        guard token.utf8.count <= 4096 else { return nil }
        let digest = SHA256.hash(data: Data(token.utf8))
        let known = memory.withLock { $0.verified[digest] }
        guard let access = if let known { known } else { await check(token, now: now) } else { return nil }
        guard now < access.expiresAt.addingTimeInterval(Self.skew), !ended.contains(access.loginSessionID, now: now) else { return nil }
        if known == nil { remember(access, digest, now: now) }
        return access
    }

    /// The same for a token of somebody who runs the installation. No token is good for both.
    public func verifyPlatform(_ token: String, now: Date) async -> PlatformToken? {
        guard token.utf8.count <= 4096, let claims: PlatformTokenClaims = await claims(of: token, now: now) else { return nil }
        return PlatformToken(adminID: claims.sub, loginSessionID: claims.sid, hasSecondFactor: claims.mfa)
    }

    private func remember(_ access: AccessToken, _ digest: SHA256Digest, now: Date) {
        memory.withLock { memory in
            if memory.verified.count >= Self.cacheLimit {
                memory.verified = memory.verified.filter { $0.value.expiresAt > now }
                if memory.verified.count >= Self.cacheLimit { memory.verified.removeAll(keepingCapacity: true) }
            }
            memory.verified[digest] = access
        }
    }

    private func check(_ token: String, now: Date) async -> AccessToken? {
        guard let claims: AccessTokenClaims = await claims(of: token, now: now) else { return nil }
        return AccessToken(
            personID: claims.sub, organizationID: claims.org, loginSessionID: claims.sid,
            roles: Set(claims.roles.compactMap(Role.init(rawValue:))), locationIDs: claims.locations.map { Set($0) },
            expiresAt: Date(timeIntervalSince1970: Double(claims.exp)),
            authenticatedAt: claims.authTime.map { Date(timeIntervalSince1970: Double($0)) } ?? claims.sid.madeAt ?? .distantPast,
            mustEnrol: claims.enrol ?? false, scopes: claims.scope.map { Set($0.split(separator: " ").map(String.init)) })
    }

    private func claims<Claims: SignedClaims>(of token: String, now: Date) async -> Claims? {
        // JWTKit's base64 is lenient; a token has exactly one spelling, or its last bits could be changed and still verify.
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy(Self.isCanonical),
            let parsed = try? DefaultJWTParser().parse(Data(token.utf8), as: Claims.self),
            parsed.header.alg == "EdDSA", parsed.header.typ?.lowercased() == AccessTokenClaims.type, parsed.header.fields["crit"] == nil,
            let kid = parsed.header.kid, let key = await key(kid, now: now),
            (try? key.verify(parsed.signature, signs: Data(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count)))) == true
        else { return nil }
        let claims = parsed.payload
        let seconds = now.timeIntervalSince1970
        guard claims.iss == AccessTokenClaims.issuer, claims.aud.value == [Claims.audience],
            Double(claims.exp) + Self.skew > seconds, Double(claims.nbf) - Self.skew <= seconds, Double(claims.iat) - Self.skew <= seconds
        else { return nil }
        return claims
    }

    private static func isCanonical(_ part: Substring) -> Bool {
        let standard = part.replacing("-", with: "+").replacing("_", with: "/")
        guard !part.isEmpty, !part.contains("="), !part.contains("+"), !part.contains("/"),
            let data = Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
        else { return false }
        return data.base64EncodedString().prefix { $0 != "=" } == standard
    }

    /// A key id that we do not know may be a new key: the file is read again, at most every half minute.
    private func key(_ kid: String, now: Date) async -> (any JWTAlgorithm)? {
        let (known, mayReload) = memory.withLock { memory -> ((any JWTAlgorithm)?, Bool) in
            if let key = memory.keys[kid] { return (key, false) }
            guard abs(now.timeIntervalSince(memory.loadedAt)) >= Self.reloadInterval else { return (nil, false) }
            memory.loadedAt = now
            return (nil, true)
        }
        guard mayReload else { return known }
        do {
            let keys = try await Self.keys(in: keysFile)
            return memory.withLock { memory in
                // A key that was taken back takes its tokens along.
                if Set(memory.keys.keys) != Set(keys.keys) { memory.verified.removeAll() }
                memory.keys = keys
                return keys[kid]
            }
        } catch {
            logger.warning("token keys not reloaded", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// The file is small, local and read at most twice a minute: no thread of its own for it.
    private static func keys(in file: String) async throws -> [String: any JWTAlgorithm] {
        guard let data = FileManager.default.contents(atPath: file) else { throw SettingError("TOKEN_KEYS_FILE: \(file) cannot be read") }
        guard let set = try? JSONDecoder().decode(JWKS.self, from: data) else {
            throw SettingError("TOKEN_KEYS_FILE: \(file) is no JWKS document")
        }
        let collection = JWTKeyCollection()
        var keys: [String: any JWTAlgorithm] = [:]
        for key in set.keys where key.keyType.rawValue == "OKP" {
            guard let kid = key.keyIdentifier else { continue }
            try await collection.add(jwk: key)
            keys[kid.string] = try await collection.getKey(for: kid, alg: "EdDSA")
        }
        guard !keys.isEmpty else { throw SettingError("TOKEN_KEYS_FILE: \(file) holds no Ed25519 key with an id") }
        return keys
    }
}
