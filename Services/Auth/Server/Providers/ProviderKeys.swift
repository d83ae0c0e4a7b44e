import Foundation
import JWTKit

extension IDTokenClaims: JWTPayload {
    /// ``Provider`` checks the claims, against its own clock.
    func verify(using algorithm: some JWTAlgorithm) {}
}

/// A provider's public keys, by their ids.
struct ProviderKeys: Sendable {
    private let keys: [String: JWK]

    /// - Throws: When it is no JWKS document. Keys of sorts that are not known here are passed over.
    init(_ document: Data) throws {
        let entries = try JSONDecoder().decode(Document.self, from: document).keys.compactMap(\.key)
        keys = Dictionary(entries.compactMap { key in key.keyIdentifier.map { ($0.string, key) } }) { first, _ in first }
    }

    func contains(_ id: String) -> Bool { keys[id] != nil }

    /// What `token` says; nil unless one of the keys signed it, by RS256 or ES256. No token chooses another way, nor brings a key along.
    func claims(of token: String) async -> IDTokenClaims? {
        guard let (id, algorithm) = Self.header(of: token), let jwk = keys[id],
            let parsed = try? DefaultJWTParser().parse(Data(token.utf8), as: IDTokenClaims.self),
            let key = try? await JWTKeyCollection().add(jwk: jwk).getKey(for: jwk.keyIdentifier, alg: algorithm), key.name == algorithm,
            let end = token.utf8.lastIndex(of: UInt8(ascii: ".")),
            (try? key.verify(parsed.signature, signs: Data(token.utf8[..<end]))) == true
        else { return nil }
        return parsed.payload
    }

    /// The key's id and the algorithm, where both are what they may be.
    static func header(of token: String) -> (id: String, algorithm: String)? {
        guard token.utf8.count <= 16 << 10, token.split(separator: ".", omittingEmptySubsequences: false).count == 3,
            let header = try? DefaultJWTParser().parse(Data(token.utf8), as: IDTokenClaims.self).header,
            let id = header.kid, let algorithm = header.alg, ["RS256", "ES256"].contains(algorithm), header.fields["crit"] == nil
        else { return nil }
        return (id, algorithm)
    }

    private struct Document: Decodable { var keys: [Entry] }
    private struct Entry: Decodable {
        let key: JWK?
        init(from decoder: any Decoder) throws { key = try? JWK(from: decoder) }
    }
}
