import ContractKit
import Foundation
import JWTKit
import Logging
import Messaging
import ServiceKit
import TestSupport
import Testing

@Suite struct TokenTests {
    private let now = Date(timeIntervalSince1970: 1_772_359_200)
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func claims(issuedAt: Date? = nil) -> AccessTokenClaims {
        AccessTokenClaims(
            personID: PersonID(), loginSessionID: LoginSessionID(), organizationID: OrganizationID(), roles: [.trainer, .member],
            issuedAt: issuedAt ?? now)
    }

    @Test func `A good token says who calls`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        let claims = claims()
        let access = try #require(await verifier.verify(try await keys.token(claims), now: now))
        #expect(access.personID == claims.sub && access.organizationID == claims.org && access.loginSessionID == claims.sid)
        #expect(access.roles == [.trainer, .member])
    }

    @Test func `A role that this release does not know is passed over`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        var claims = claims()
        claims.roles = ["owner", "emperor"]
        #expect(try await verifier.verify(keys.token(claims), now: now)?.roles == [.owner])
    }

    @Test func `A token says where alone somebody works`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        let (here, there) = (LocationID(), LocationID())
        for (locations, expected) in [(nil, nil), ([], []), ([here, there, here], [here, there])] as [([LocationID]?, Set<LocationID>?)] {
            var claims = claims()
            claims.locations = locations
            #expect(try await verifier.verify(keys.token(claims), now: now)?.locationIDs == expected)
        }
    }

    @Test func `A limited token says what it is for`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        for (scope, expected) in [(nil, nil), ("", []), ("a:b c:d", ["a:b", "c:d"])] as [(String?, Set<String>?)] {
            var claims = claims()
            claims.scope = scope
            #expect(try await verifier.verify(keys.token(claims), now: now)?.scopes == expected)
        }
    }

    @Test func `A token says when somebody last proved who they are`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        var claims = claims()
        claims.sid = LoginSessionID(now: now - 4000)
        #expect(try await verifier.verify(keys.token(claims), now: now)?.authenticatedAt == now - 4000)
        claims.authTime = Int64(now.timeIntervalSince1970) - 7
        let token = try await keys.token(claims)
        #expect(await verifier.verify(token, now: now)?.authenticatedAt == now - 7)
        claims.authTime = nil
        claims.sid = LoginSessionID(rawValue: UUID())
        #expect(try await verifier.verify(keys.token(claims), now: now)?.authenticatedAt == .distantPast)
    }

    @Test func `Clocks may be half a minute apart`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        for (age, isGood) in [(-29.0, true), (-31, false), (0, true), (329, true), (331, false), (100_000, false)] {
            let token = try await keys.token(claims(issuedAt: now.addingTimeInterval(-age)))
            #expect(await (verifier.verify(token, now: now) != nil) == isGood, "\(age) seconds old")
        }
    }

    @Test func `A token that was good runs out`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        let token = try await keys.token(claims())
        #expect(await verifier.verify(token, now: now) != nil)
        #expect(await verifier.verify(token, now: now.addingTimeInterval(329)) != nil)
        #expect(await verifier.verify(token, now: now.addingTimeInterval(331)) == nil)
    }

    @Test func `An ended login session ends its tokens, for six minutes`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        let claims = claims()
        let token = try await keys.token(claims)
        #expect(await verifier.verify(token, now: now) != nil)
        await EndedSessionsListener(verifier.ended).heard(
            LoginSessionEndedNotice(organizationID: claims.org, loginSessionID: claims.sid),
            .init(eventID: UUID(), time: Date(), aggregateVersion: 1))
        #expect(await verifier.verify(token, now: now) == nil || abs(Date().timeIntervalSince(now)) > 360)
        let ended = EndedSessions()
        ended.insert(claims.sid, endedAt: now, now: now)
        #expect(ended.contains(claims.sid, now: now.addingTimeInterval(359)))
        #expect(!ended.contains(claims.sid, now: now.addingTimeInterval(361)))
        #expect(!ended.contains(LoginSessionID(), now: now))
    }

    @Test func `Forged and bent tokens are refused`() async throws {
        let keys = try await TestKeys.make()
        let verifier = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
        let good = try await keys.token(claims())
        #expect(await verifier.verify(good, now: now) != nil)
        let parts = good.split(separator: ".").map(String.init)
        var bad: [String: String] = [
            "empty": "", "no parts": "abc", "two parts": "\(parts[0]).\(parts[1])", "four parts": good + ".x",
            "no signature": "\(parts[0]).\(parts[1]).",
            "padding": good + "=", "white space": good + " ", "line break": good + "\n", "unicode": good + "é",
            "overlong": String(repeating: "a", count: 5000),
            "other payload": "\(parts[0]).\(try await keys.token(claims()).split(separator: ".")[1]).\(parts[2])",
            "alg none": "\(encoded(#"{"alg":"none","typ":"at+jwt","kid":"test-1"}"#)).\(parts[1]).",
            "alg none with signature": "\(encoded(#"{"alg":"none","typ":"at+jwt","kid":"test-1"}"#)).\(parts[1]).\(parts[2])",
        ]
        // The last character of a signature has bits that do not count: another spelling of the same bytes.
        for (index, character) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".enumerated()
        where character != good.last {
            bad["last character \(index)"] = good.dropLast() + String(character)
        }
        let header: [(String, JWTHeader)] = [
            ("typ", ["typ": "JWT"]), ("crit", ["crit": .array(["x"])]), ("alg", ["alg": "HS256"]),
        ]
        for (name, header) in header { bad[name] = try await keys.token(claims(), header: header) }
        let changes: [(String, (inout AccessTokenClaims) -> Void)] = [
            ("audience", { $0.aud = "elsewhere" }), ("issuer", { $0.iss = "elsewhere" }), ("not before", { $0.nbf += 3600 }),
            ("issued later", { $0.iat += 3600 }), ("expired", { $0.exp -= 3600 }),
        ]
        for (name, change) in changes {
            var changed = claims()
            change(&changed)
            bad[name] = try await keys.token(changed)
        }
        let stranger = JWTKeyCollection()
        await stranger.add(eddsa: try EdDSA.PrivateKey(), kid: "test-1").add(eddsa: try EdDSA.PrivateKey(), kid: "test-2")
            .add(hmac: HMACKey(from: try Data(contentsOf: URL(filePath: keys.publicKeys))), digestAlgorithm: .sha256, kid: "mac")
        bad["other key of the same id"] = try await stranger.sign(claims(), kid: "test-1", header: ["typ": "at+jwt"])
        bad["unknown key"] = try await stranger.sign(claims(), kid: "test-2", header: ["typ": "at+jwt"])
        bad["public key as secret"] = try await stranger.sign(claims(), kid: "mac", header: ["typ": "at+jwt", "kid": "test-1"])
        for (name, token) in bad { #expect(await verifier.verify(token, now: now) == nil, "\(name)") }
    }

    @Test func `A new key is learned when a token names it, at most every half minute`() async throws {
        let (old, new) = (try await TestKeys.make(), try await TestKeys.make())
        let verifier = try await TokenVerifier(keysFile: old.publicKeys, logger: logger)
        let token = try await new.signer.sign(claims(), kid: "test-1", header: ["typ": "at+jwt", "kid": "test-1"])
        #expect(await verifier.verify(token, now: now) == nil)
        let next = try String(contentsOfFile: new.publicKeys, encoding: .utf8).replacing("test-1", with: "test-9")
        try Data(next.utf8).write(to: URL(filePath: old.publicKeys))
        let renamed = JWTKeyCollection()
        await renamed.add(eddsa: try EdDSA.PrivateKey(), kid: "test-8")
        let unknown = try await renamed.sign(claims(), kid: "test-8", header: ["typ": "at+jwt"])
        // Reads the file, now with test-9 in it, and finds no test-8; another look must wait.
        #expect(await verifier.verify(unknown, now: now) == nil)
        #expect(await verifier.verify(try await old.token(claims()), now: now) == nil)
        try Data(try String(contentsOfFile: old.publicKeys, encoding: .utf8).replacing("test-9", with: "test-8").utf8)
            .write(to: URL(filePath: old.publicKeys))
        #expect(await verifier.verify(unknown, now: now.addingTimeInterval(10)) == nil)
    }

    @Test func `Without keys there is no start`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in [("a", "nonsense"), ("b", #"{"keys":[]}"#), ("c", #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#)] {
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file)
            await #expect(throws: SettingError.self) { try await TokenVerifier(keysFile: file.path, logger: logger) }
        }
        await #expect(throws: SettingError.self) { try await TokenVerifier(keysFile: "/nowhere", logger: logger) }
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `Calls without a good token are 401, with another role 403`() async throws {
        try await ToyShop.open { (shop) async throws in
            let service = shop.service
            for header in ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer nonsense", "bearer a.b.c"] {
                let answer = try await service.request("GET", "/v1/toys", headers: ["Authorization": header])
                #expect(answer.status == 401, "\(header)")
                #expect(answer.headers["www-authenticate"] == "Bearer")
                #expect(try answer.problem.isA(.unauthenticated))
            }
            #expect(try await service.request("GET", "/v1/toys", headers: ["Authorization": "bearer \(shop.owner)"]).status == 200)
            let member = try await service.token(roles: [.member], organization: shop.organization)
            #expect(try await service.request("POST", "/v1/toys", token: member, json: "nonsense").status == 403)
            let nobody = try await service.token(roles: [], organization: shop.organization)
            #expect(try await service.request("DELETE", "/v1/toys/nobody", token: nobody).status == 403)
            // Before a body is looked at.
            #expect(try await service.request("POST", "/v1/toys", json: "nonsense").status == 401)
            let session = LoginSessionID()
            let token = try await service.token(organization: shop.organization, session: session)
            #expect(try await service.request("GET", "/v1/toys", token: token).status == 200)
            service.tokens.ended.insert(session, endedAt: Date())
            #expect(try await service.request("GET", "/v1/toys", token: token).status == 401)
            #expect(try await service.request("POST", "/v1/greetings", token: token).status == 201)
        }
    }

    private func encoded(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
    }
}
