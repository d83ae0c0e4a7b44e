import AuthContract
import ContractKit
import Crypto
import Foundation
import JWTKit
import Logging
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TokenRotationTests {
    private struct Pair {
        let id: String
        let key = Curve25519.Signing.PrivateKey()

        var signing: String { #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(x)","d":"\#(text(key.rawRepresentation))"}"# }
        var published: String { #"{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"\#(id)","x":"\#(x)"}"# }
        private var x: String { text(key.publicKey.rawRepresentation) }

        private func text(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Every token is taken by a service that looks at the published keys when it meets one that it does not know.
    @Test func aNewKeySignsOnceEverybodyCanCheckIt() async throws {
        try await withTemporaryDirectory { folder in
            let (old, new) = (Pair(id: "old"), Pair(id: "new"))
            let signingFile = try folder.write(old.signing, to: "signing").path
            let keysFile = try folder.write(#"{"keys":[\#(old.published)]}"#, to: "keys").path
            let settings = Settings(["TOKEN_SIGNING_KEY_FILE": signingFile, "TOKEN_KEYS_FILE": keysFile])
            let start = Date()
            let published = try FollowedFile("TOKEN_KEYS_FILE", in: settings, now: start, logger: quiet, TokenKeys.published)
            let issuer = try TokenIssuer(settings, published: published, now: start, logger: quiet)
            let verifier = try await TokenVerifier(keysFile: keysFile, logger: quiet)
            func signer(after seconds: TimeInterval) async throws -> String? {
                let now = start + seconds
                let token = try await issuer.accessToken(
                    for: PersonID(), in: OrganizationID(), roles: [.member], locations: [], loginSession: LoginSessionID(), lifetime: 300,
                    now: now)
                #expect(await verifier.verify(token, now: now) != nil, "after \(seconds) s")
                return try DefaultJWTParser().parse(Data(token.utf8), as: AccessTokenClaims.self).header.kid
            }
            #expect(try await signer(after: 0) == "old")
            _ = try folder.write(new.signing, to: "signing")
            // Nobody could check it.
            #expect(try await signer(after: 31) == "old")
            _ = try folder.write(#"{"keys":[\#(new.published),\#(old.published)]}"#, to: "keys")
            try FileManager.default.setAttributes([.modificationDate: start + 40], ofItemAtPath: keysFile)
            #expect(try await signer(after: 70) == "old")
            #expect(published.reading(now: start + 71).value.keys.map(\.kid) == ["new", "old"])
            #expect(try await signer(after: 99) == "old")
            #expect(try await signer(after: 101) == "new")

            // A file that cannot be used changes nothing.
            _ = try folder.write("nonsense", to: "signing")
            #expect(try await signer(after: 200) == "new")
        }
    }
}
