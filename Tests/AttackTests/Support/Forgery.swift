import ContractKit
import Crypto
import Foundation
import JWTKit
import ServiceKit
import TestSupport
import Testing

/// A token that nobody may take, made by hand: what a signer would refuse to sign is signed here.
struct Forgery: Sendable, CustomTestStringConvertible {
    let row: Int
    let name: String
    /// Signs with the installation's own key what is handed to it.
    let make: @Sendable (Signer) throws -> String

    var testDescription: String { name }

    struct Signer: Sendable {
        let key: Curve25519.Signing.PrivateKey
        /// Of a good token that must stay refused when changed.
        let claims: [String: JSONValue]
        let now: Int

        init(_ keys: TestKeys, _ claims: [String: JSONValue]) throws {
            let file = try Data(contentsOf: URL(filePath: keys.settings["TOKEN_SIGNING_KEY_FILE"] ?? ""))
            let text = try JSON.decode([String: String].self, from: file)["d"] ?? ""
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: Self.decoded(text))
            self.claims = claims
            now = Int(Date().timeIntervalSince1970)
        }

        static let header = #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-1"}"#

        func signed(header: String = header, _ changes: [String: JSONValue?] = [:]) throws -> String {
            var claims = claims
            for (name, value) in changes { claims[name] = value }
            return try signed(header: header, text: JSONValue.object(claims).encoded)
        }

        func signed(header: String = header, text: String) throws -> String {
            let content = "\(Self.encoded(Data(header.utf8))).\(Self.encoded(Data(text.utf8)))"
            return content + "." + Self.encoded(try key.signature(for: Data(content.utf8)))
        }

        func withMAC(header: String, key: Data) -> String {
            let content = "\(Self.encoded(Data(header.utf8))).\(Self.encoded(Data(JSONValue.object(claims).encoded.utf8)))"
            let mac = HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: SymmetricKey(data: key))
            return content + "." + Self.encoded(Data(mac))
        }

        static func encoded(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        static func decoded(_ text: String) -> Data {
            let standard = text.replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)) ?? Data()
        }
    }

    static let all: [Forgery] = unsigned + otherKeys + headers + times + claims + spellings

    private static let unsigned = ["none", "None", "nOnE", ""].flatMap { algorithm in
        let header = #"{"alg":"\#(algorithm)","typ":"at+jwt","kid":"test-1"}"#
        return [
            Forgery(row: 3, name: "alg \(algorithm), no signature") { signer in
                try signer.signed(header: header).split(separator: ".").dropLast().joined(separator: ".") + "."
            },
            Forgery(row: 3, name: "alg \(algorithm), a good signature") { try $0.signed(header: header) },
        ]
    }

    private static let otherKeys: [Forgery] =
        ["HS256", "EdDSA"].flatMap { algorithm in
            let header = #"{"alg":"\#(algorithm)","typ":"at+jwt","kid":"test-1"}"#
            return [
                Forgery(row: 4, name: "\(algorithm) by the public key's bytes") {
                    $0.withMAC(header: header, key: $0.key.publicKey.rawRepresentation)
                },
                Forgery(row: 4, name: "\(algorithm) by the public key's text") { signer in
                    signer.withMAC(header: header, key: Data(Signer.encoded(signer.key.publicKey.rawRepresentation).utf8))
                },
            ]
        } + [
            Forgery(row: 4, name: "another key of the same name") { signer in
                var content = try signer.signed().split(separator: ".").map(String.init)
                let signature = try Curve25519.Signing.PrivateKey().signature(for: Data("\(content[0]).\(content[1])".utf8))
                content[2] = Signer.encoded(signature)
                return content.joined(separator: ".")
            }
        ]

    private static let headers: [Forgery] =
        ["ES256", "RS256", "HS256", "Ed25519", "eddsa", "EDDSA"].map { algorithm in
            Forgery(row: 5, name: "our key, alg \(algorithm)") {
                try $0.signed(header: #"{"alg":"\#(algorithm)","typ":"at+jwt","kid":"test-1"}"#)
            }
        }
        + [
            "../../../../dev/null", "/proc/self/environ", "' or 1=1--", "test-1'; select pg_sleep(5)--", "", "test-2",
            String(repeating: "k", count: 2500), "test-1\\u0000", "\\ud83d\\ude00",
        ].map { kid in
            Forgery(row: 6, name: "kid \(kid.prefix(20))") { try $0.signed(header: #"{"alg":"EdDSA","typ":"at+jwt","kid":"\#(kid)"}"#) }
        } + [
            Forgery(row: 6, name: "no kid") { try $0.signed(header: #"{"alg":"EdDSA","typ":"at+jwt"}"#) },
            Forgery(row: 6, name: "kid of another type") { try $0.signed(header: #"{"alg":"EdDSA","typ":"at+jwt","kid":["test-1"]}"#) },
            Forgery(row: 7, name: "a key of the attacker's inside") { signer in
                let key = Curve25519.Signing.PrivateKey()
                let x = Signer.encoded(key.publicKey.rawRepresentation)
                let header = #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","jwk":{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}}"#
                var parts = try signer.signed(header: header).split(separator: ".").map(String.init)
                parts[2] = Signer.encoded(try key.signature(for: Data("\(parts[0]).\(parts[1])".utf8)))
                return parts.joined(separator: ".")
            },
            Forgery(row: 7, name: "keys of the attacker's elsewhere") { signer in
                let url = "http://127.0.0.1:1/keys"
                return try signer.signed(
                    header: #"{"alg":"EdDSA","typ":"at+jwt","kid":"evil","jku":"\#(url)","x5u":"\#(url)","x5c":["AAAA"]}"#)
            },
            Forgery(row: 7, name: "an extension that must be understood") {
                try $0.signed(header: #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-1","crit":["b64"],"b64":false}"#)
            },
        ]

    private static let times: [Forgery] = [
        Forgery(row: 8, name: "expired 31 seconds ago") { try $0.signed(["exp": .int($0.now - 31)]) },
        Forgery(row: 8, name: "not before ten minutes from now") { try $0.signed(["nbf": .int($0.now + 600)]) },
        Forgery(row: 8, name: "issued ten minutes from now") { try $0.signed(["iat": .int($0.now + 600)]) },
    ]

    private static let claims: [Forgery] =
        ["JWT", "rt+jwt", "application/at+jwt", ""].map { type in
            Forgery(row: 9, name: "typ \(type)") { try $0.signed(header: #"{"alg":"EdDSA","typ":"\#(type)","kid":"test-1"}"#) }
        }
        + [
            Forgery(row: 9, name: "no typ") { try $0.signed(header: #"{"alg":"EdDSA","kid":"test-1"}"#) },
            Forgery(row: 9, name: "another audience") { try $0.signed(["aud": "elsewhere"]) },
            Forgery(row: 9, name: "another issuer") { try $0.signed(["iss": "https://elsewhere.example"]) },
        ]
        + ["iss", "aud", "sub", "sid", "exp"].flatMap { claim in
            [
                Forgery(row: 10, name: "no \(claim)") { try $0.signed([claim: nil]) },
                Forgery(row: 10, name: "\(claim) null") { try $0.signed([claim: .null]) },
                Forgery(row: 10, name: "\(claim) true") { try $0.signed([claim: true]) },
            ]
        }
        + ["\"9999999999\"", "1e400", "-1", "99999999999999999999", "-9223372036854775808", "[9999999999]", "{}"].map { exp in
            Forgery(row: 10, name: "exp \(exp)") { signer in
                let text = JSONValue.object(signer.claims.filter { $0.key != "exp" }).encoded
                return try signer.signed(text: #"{"exp":\#(exp),\#(text.dropFirst())"#)
            }
        }
        + ["", "null", "[]", "\"x\"", "{}", String(repeating: "[", count: 1000), "{\"sub\":\"\\ud800\"}"].map { text in
            Forgery(row: 10, name: "claims \(text.prefix(12))") { try $0.signed(text: text) }
        }

    private static let spellings: [Forgery] =
        [10, 80, -1, -20].map { place in
            Forgery(row: 11, name: "one character changed at \(place)") { signer in
                var bytes = Array(try signer.signed().utf8)
                let index = place < 0 ? bytes.count + place : place
                bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        + [("padding", "="), ("another part", ".e30"), ("a semicolon", ";"), ("a comma", ",Bearer x")].map { name, tail in
            Forgery(row: 11, name: name) { try $0.signed() + tail }
        } + [
            Forgery(row: 13, name: "roles changed by hand") { signer in
                var parts = try signer.signed().split(separator: ".").map(String.init)
                var claims = signer.claims
                claims["roles"] = ["owner", "admin", "trainer", "member"]
                parts[1] = Signer.encoded(Data(JSONValue.object(claims).encoded.utf8))
                return parts.joined(separator: ".")
            },
            Forgery(row: 13, name: "the organization changed by hand") { signer in
                var parts = try signer.signed().split(separator: ".").map(String.init)
                var claims = signer.claims
                claims["org"] = .string("\(OrganizationID())")
                parts[1] = Signer.encoded(Data(JSONValue.object(claims).encoded.utf8))
                return parts.joined(separator: ".")
            },
            Forgery(row: 16, name: "four kilobytes too long") { try $0.signed(["more": .string(String(repeating: "x", count: 8000))]) },
        ]
}
