// JWTKit verifies through an actor, so each request would need a Task and a hop off its event loop. What is needed here is
// one algorithm, one header and eight claims: swift-crypto checks the signature, and this file reads the rest.

import ContractKit
import Crypto
import Foundation

/// Checks access tokens against the public keys of auth: EdDSA over Ed25519 and nothing else, whatever a token asks for.
struct TokenVerifier: Sendable {
    /// By key id.
    private let keys: [String: Curve25519.Signing.PublicKey]
    /// How far clocks may differ.
    static let skew: TimeInterval = 30
    static let longest = 4096

    /// - Throws: when the document is no JWKS, or has no Ed25519 key.
    init(jwks: Data) throws {
        struct Document: Decodable {
            struct Key: Decodable {
                var kty: String
                var crv: String?
                var kid: String?
                var x: String?
                var d: String?
            }
            var keys: [Key]
        }
        var keys: [String: Curve25519.Signing.PublicKey] = [:]
        for key in try JSONDecoder().decode(Document.self, from: jwks).keys where key.kty == "OKP" && key.crv == "Ed25519" {
            guard key.d == nil else { throw Unusable("holds a private key") }
            guard let kid = key.kid, let x = key.x.flatMap({ Base64URL.decode($0.utf8) }) else {
                throw Unusable("has a key without kid or x")
            }
            keys[kid] = try Curve25519.Signing.PublicKey(rawRepresentation: x)
        }
        guard !keys.isEmpty else { throw Unusable("has no Ed25519 key") }
        self.keys = keys
    }

    struct Unusable: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    private struct Header: Decodable {
        var alg: String
        var typ: String
        var kid: String
        var crit: [String]?
    }

    private struct Claims: Decodable {
        var iss: String
        var aud: String
        var sub: String
        var sid: String
        var org: String?
        var exp: Int64
        var nbf: Int64?
        var iat: Int64?
        var scope: String?
    }

    func verify(_ token: some StringProtocol, now: Date) throws(TokenRefusal) -> AccessToken {
        let bytes = Array(token.utf8)
        guard bytes.count <= Self.longest else { throw .invalid }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), signature.count == 64,
            let header = try? JSONDecoder().decode(Header.self, from: head),
            header.alg == "EdDSA", header.typ == "at+jwt", header.crit == nil, let key = keys[header.kid],
            key.isValidSignature(signature, for: bytes[..<(parts[0].count + 1 + parts[1].count)]),
            let claims = try? JSONDecoder().decode(Claims.self, from: body),
            claims.iss == "palestra", claims.aud == "palestra" || claims.aud == "palestra-platform",
            let person = PersonID(claims.sub), let session = LoginSessionID(claims.sid)
        else { throw .invalid }
        let organization = claims.org.flatMap { OrganizationID($0) }
        // Whoever is in an organization says which; whoever runs the installation is in none.
        guard (organization != nil) == (claims.aud == "palestra"), (claims.org == nil) == (organization == nil) else { throw .invalid }
        let time = now.timeIntervalSince1970
        guard Double(claims.exp) + Self.skew > time else { throw .expired }
        for start in [claims.nbf, claims.iat] {
            if let start, Double(start) - Self.skew > time { throw .invalid }
        }
        return AccessToken(
            personID: person, organizationID: organization, loginSessionID: session,
            expires: Date(timeIntervalSince1970: Double(claims.exp) + Self.skew),
            scopes: claims.scope.map { Set($0.split(separator: " ").map(String.init)) })
    }
}

/// Base64 as JWTs have it: the URL alphabet, no padding, and only the canonical spelling of a value.
enum Base64URL {
    static func decode(_ text: some Collection<UInt8>) -> Data? {
        guard !text.isEmpty else { return nil }
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                standard.append(byte)
            default: return nil
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        guard let data = Data(base64Encoded: Data(standard)), Array(data.base64EncodedData()) == standard else { return nil }
        return data
    }
}
