import ContractKit
import Foundation
import Testing

@testable import EdgeServer

@Suite struct TokenTests {
    private let signer = TestSigner()
    private func check(_ token: String) throws -> AccessToken { try TokenVerifier(jwks: signer.jwks).verify(token, now: Date()) }

    @Test func aGoodTokenIsRead() throws {
        let (person, session) = (PersonID(), LoginSessionID())
        let token = try check(signer.token(session: session, person: person))
        #expect(token.personID == person)
        #expect(token.loginSessionID == session)
    }

    @Test(arguments: ["none", "None", "HS256", "ES256", "eddsa", ""])
    func onlyEdDSA(_ algorithm: String) throws {
        let token = try signer.token(header: ["alg": .string(algorithm)])
        #expect(throws: TokenRefusal.invalid) { try check(token) }
        let parts = token.split(separator: ".")
        #expect(throws: TokenRefusal.invalid) { try check("\(parts[0]).\(parts[1]).") }
    }

    @Test(
        arguments: [
            (["typ": "JWT"], [:]), (["typ": nil], [:]), (["kid": "k2"], [:]), (["kid": nil], [:]), (["kid": "../k1"], [:]),
            (["crit": ["b64"]], [:]),
            ([:], ["aud": "other"]), ([:], ["iss": "other"]), ([:], ["aud": nil]), ([:], ["exp": nil]), ([:], ["exp": "soon"]),
            ([:], ["sub": "me"]), ([:], ["sid": nil]), ([:], ["nbf": .int(Int(Date().timeIntervalSince1970) + 60)]),
            ([:], ["iat": .int(Int(Date().timeIntervalSince1970) + 60)]),
        ] as [([String: JSONValue?], [String: JSONValue?])])
    func wrongMembersAreRefused(_ header: [String: JSONValue?], _ claims: [String: JSONValue?]) throws {
        let token = try signer.token(header: header, claims: claims)
        #expect(throws: TokenRefusal.invalid) { try check(token) }
    }

    @Test func clocksMayDifferByHalfAMinute() throws {
        let now = Int(Date().timeIntervalSince1970)
        #expect(throws: TokenRefusal.expired) { try check(signer.token(claims: ["exp": .int(now - 31)])) }
        _ = try check(signer.token(claims: ["exp": .int(now - 25), "nbf": .int(now + 25)]))
    }

    @Test func aChangedTokenIsRefused() throws {
        let token = try signer.token()
        for index in [5, token.utf8.count / 2, token.utf8.count - 8] {
            var bytes = Array(token.utf8)
            bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: TokenRefusal.invalid) { try check(String(decoding: bytes, as: UTF8.self)) }
        }
        for text in [token + "=", token + " ", " " + token, token + ".x", "", "a.b.c", String(repeating: "a", count: 16_000)] {
            #expect(throws: TokenRefusal.invalid) { try check(text) }
        }
        #expect(throws: TokenRefusal.invalid) { try TokenVerifier(jwks: TestSigner().jwks).verify(token, now: Date()) }
    }

    @Test func keysRotate() throws {
        let next = TestSigner()
        let keys = try TokenKeys(jwks: signer.jwks)
        var cache = TokenCache()
        let ended = EndedSessions()
        let token = try signer.token()
        _ = try cache.token(token[...], keys: keys, ended: ended, now: Date())
        try keys.replace(with: next.jwks)
        #expect(throws: TokenRefusal.invalid) { try cache.token(token[...], keys: keys, ended: ended, now: Date()) }
        _ = try cache.token(next.token()[...], keys: keys, ended: ended, now: Date())
        #expect(throws: (any Error).self) { try keys.replace(with: Data("{}".utf8)) }
        _ = try cache.token(next.token()[...], keys: keys, ended: ended, now: Date())
    }

    @Test func aCachedTokenStillExpires() throws {
        let keys = try TokenKeys(jwks: signer.jwks)
        var cache = TokenCache()
        let token = try signer.token()
        _ = try cache.token(token[...], keys: keys, ended: EndedSessions(), now: Date())
        #expect(throws: TokenRefusal.expired) {
            try cache.token(token[...], keys: keys, ended: EndedSessions(), now: Date().addingTimeInterval(331))
        }
    }

    @Test func endedSessionsAreForgottenOnceTheirTokensHaveExpired() {
        let ended = EndedSessions()
        let now = Date()
        let session = LoginSessionID()
        ended.end(session, now: now)
        #expect(ended.contains(session))
        ended.end(LoginSessionID(), now: now.addingTimeInterval(400))
        #expect(ended.count == 1)
        #expect(!ended.contains(session))
    }

    @Test func keysWithPrivatePartsAreRefused() {
        #expect(throws: TokenVerifier.Unusable.self) {
            try TokenVerifier(jwks: Data(#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"AAAA","d":"AAAA"}]}"#.utf8))
        }
        #expect(throws: TokenVerifier.Unusable.self) { try TokenVerifier(jwks: Data(#"{"keys":[{"kty":"RSA","kid":"k"}]}"#.utf8)) }
    }
}
