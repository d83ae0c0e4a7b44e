import Crypto
import CryptoExtras
public import Foundation

/// Signs as identity providers do.
public struct ProviderSigner: Sendable {
    public enum Algorithm: String, Sendable, CaseIterable { case rs256 = "RS256", es256 = "ES256" }

    private enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case curve(P256.Signing.PrivateKey)
    }

    public let algorithm: Algorithm
    public let id: String
    private let key: Key

    public init(_ algorithm: Algorithm, id: String) throws {
        (self.algorithm, self.id) = (algorithm, id)
        key =
            switch algorithm {
            case .rs256: .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
            case .es256: .curve(P256.Signing.PrivateKey())
            }
    }

    /// The public half, as a member of a JWKS document.
    public func published() throws -> String {
        switch key {
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            return
                #"{"kty":"RSA","use":"sig","kid":"\#(id)","alg":"RS256","n":"\#(Self.text(numbers.modulus))","e":"\#(Self.text(numbers.publicExponent))"}"#
        case .curve(let key):
            let point = key.publicKey.rawRepresentation
            return
                #"{"kty":"EC","use":"sig","kid":"\#(id)","crv":"P-256","x":"\#(Self.text(point.prefix(32)))","y":"\#(Self.text(point.suffix(32)))"}"#
        }
    }

    /// - Parameter header: In place of the one that is true.
    public func sign(_ claims: [String: any Sendable], header: [String: String] = [:]) throws -> String {
        let head = ["alg": algorithm.rawValue, "typ": "JWT", "kid": id].merging(header) { $1 }
        let content =
            try Self.text(JSONSerialization.data(withJSONObject: head)) + "."
            + Self.text(JSONSerialization.data(withJSONObject: claims))
        let signature =
            switch key {
            case .rsa(let key): try key.signature(for: Data(content.utf8), padding: .insecurePKCS1v1_5).rawRepresentation
            case .curve(let key): try key.signature(for: Data(content.utf8)).rawRepresentation
            }
        return "\(content).\(Self.text(signature))"
    }

    /// base64url without padding.
    public static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// RFC 7636, S256.
    static func challenge(_ verifier: String) -> String { text(Data(SHA256.hash(data: Data(verifier.utf8)))) }
}
