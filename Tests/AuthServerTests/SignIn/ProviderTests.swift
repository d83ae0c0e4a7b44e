import AuthContract
import ContractKit
import Foundation
import Logging
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

/// Signing in with another provider, which really signs, asks for the client's secret and checks PKCE.
@Suite struct ProviderTests {
    private func isRefused(_ problem: Problem?) -> Bool { problem?.isA(.oidcFailed) == true && problem?.status == 401 }

    @Test("S4-56: a linked identity signs in by the code flow with PKCE", arguments: ProviderSigner.Algorithm.allCases)
    func aLinkedIdentitySignsIn(_ algorithm: ProviderSigner.Algorithm) async throws {
        try await withProviderAndAuth(algorithm) { auth, database, provider in
            let shown = try await auth.call(ListSignInProviders()).data
            #expect(shown == [SignInProvider(name: ServiceUnderTest.acme, title: "Acme")])
            let token = try await auth.linkedOwner("ada", at: provider, database)
            let me = try await auth.call(GetMe(), token: token).person.id

            let tokens = try #require(try await auth.signIn(at: provider, as: "ada").tokens)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == me)
            _ = try await auth.refresh(tokens)
            let listed = try await auth.call(ListIdentities(), token: token).data
            #expect(listed.count == 1 && listed[0].provider == ServiceUnderTest.acme && listed[0].lastUsedAt != nil)
            #expect(provider.requests.filter { $0 == "/token" }.count == 2)

            // Others of the same provider are others.
            #expect(try await problem { try await auth.signIn(at: provider, as: "Ada") }?.isA(.identityNotLinked) == true)
            _ = try await auth.call(UnlinkIdentity(identityID: listed[0].id), token: token)
            #expect(try await problem { try await auth.signIn(at: provider, as: "ada") }?.isA(.identityNotLinked) == true)
        }
    }

    @Test("S4-56, row 39: a wrong, missing, used or late state is refused") func aStateIsGoodOnce() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            let (first, second) = (try await auth.beginAt(), try await auth.beginAt())
            let brought = try provider.authorize(first.authorizationURL, as: "ada")
            for state in ["x", first.state + "x", String(first.state.dropLast()), first.state.lowercased() + "A"] {
                #expect(try await isRefused(problem { try await auth.finish(brought.code, state) }), "\(state)")
            }
            // That of another sign-in: the provider sees that the verifier is not the code's.
            #expect(try await isRefused(problem { try await auth.finish(brought.code, second.state) }))
            // And the code is used up.
            #expect(try await isRefused(problem { try await auth.finish(brought.code, first.state) }))

            let third = try await auth.beginAt()
            let good = try provider.authorize(third.authorizationURL, as: "ada")
            _ = try await auth.finish(good.code, good.state)
            #expect(try await isRefused(problem { try await auth.finish(good.code, good.state) }))

            let late = try await auth.beginAt()
            let lateAnswer = try provider.authorize(late.authorizationURL, as: "ada")
            try await database.sql(
                "update auth.provider_sign_ins set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second'")
            #expect(try await isRefused(problem { try await auth.finish(lateAnswer.code, lateAnswer.state) }))
            let missing = try await auth.request("POST", "/v1/auth/providers/acme/complete", json: #"{"code":"x"}"#)
            #expect(missing.status == 422)
        }
    }

    @Test("S4-03, row 39: what a sign-in waits with works once, runs out in ten minutes, and is kept hashed")
    func whatASignInWaitsWithIsKeptHashed() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            let begun = try await auth.beginAt(.init(invitation: SecretText(rawValue: "inv1.planted-secret")!))
            #expect(begun.expiresIn == 600)
            let query = try #require(URLComponents(string: begun.authorizationURL)?.queryItems)
            let nonce = try #require(query.first { $0.name == "nonce" }?.value)
            let stored = try await database.sql(
                """
                select encode(state_hash, 'escape'), encode(nonce_hash, 'escape'), encode(verifier, 'escape'), encode(invitation, 'escape'),
                    extract(epoch from expires_at - created_at)
                from auth.provider_sign_ins
                """)
            #expect(stored.contains("600") && !stored.contains(begun.state) && !stored.contains(nonce) && !stored.contains("planted"))
            let subjects = try await database.sql("select encode(subject_key, 'escape'), provider from auth.identities")
            #expect(!subjects.contains("ada"))

            // Of ten at once, one.
            let brought = try provider.authorize(begun.authorizationURL, as: "ada")
            let statuses = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                for _ in 0..<10 { tasks.addTask { try await problem { try await auth.finish(brought.code, brought.state) }?.status } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == nil } <= 1 && statuses.allSatisfy { $0 == nil || $0 == 401 })
            #expect(try await database.sql("select count(*) from auth.provider_sign_ins").hasPrefix("0"))

            _ = try await auth.beginAt()
            try await database.sql(
                "update auth.provider_sign_ins set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second'")
            try await auth.run(.expiredProviderSignIns)
            #expect(try await database.sql("select count(*) from auth.provider_sign_ins").hasPrefix("0"))
        }
    }

    private static let lies: [(String, [String: (any Sendable)?])] = [
        ("another nonce", ["nonce": "x"]), ("no nonce", ["nonce": nil]), ("another audience", ["aud": "others"]),
        ("no audience", ["aud": nil]), ("another issuer", ["iss": "https://evil.example"]),
        ("several audiences and no party", ["aud": [ProviderStandIn.clientID, "others"]]),
        ("for another party", ["azp": "others"]),
        ("several audiences, for another party", ["aud": [ProviderStandIn.clientID, "others"], "azp": "others"]),
        ("expired", ["exp": Int(Date().timeIntervalSince1970) - 60]), ("never expires", ["exp": nil]),
        ("from the future", ["iat": Int(Date().timeIntervalSince1970) + 600]), ("no subject", ["sub": nil]),
        ("an empty subject", ["sub": ""]),
    ]

    @Test("S4-56, row 39: a token that says what it must not is refused") func aTokenThatLiesIsRefused() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            for (name, claims) in Self.lies {
                #expect(try await isRefused(problem { try await auth.signIn(at: provider, as: "ada", claims: claims) }), "\(name)")
            }
            // So that the others can fail.
            let several: [String: (any Sendable)?] = ["aud": [ProviderStandIn.clientID, "others"], "azp": ProviderStandIn.clientID]
            _ = try await auth.signIn(at: provider, as: "ada", claims: several)
        }
    }

    @Test("S4-56: a token that another key signed, or none, is refused", arguments: ProviderSigner.Algorithm.allCases)
    func aTokenOfAnotherKeyIsRefused(_ algorithm: ProviderSigner.Algorithm) async throws {
        try await withProviderAndAuth(algorithm) { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            for other in ProviderSigner.Algorithm.allCases {
                let stranger = try ProviderSigner(other, id: "k1")
                #expect(try await isRefused(problem { try await auth.signIn(at: provider, as: "ada", by: stranger) }), "\(other)")
            }
            let unknown = try ProviderSigner(algorithm, id: "k2")
            #expect(try await isRefused(problem { try await auth.signIn(at: provider, as: "ada", by: unknown) }))
            for header in [["alg": "none"], ["alg": "HS256"], ["alg": "RS512"], ["alg": "ES384"], ["alg": ""], ["crit": "x"]] {
                #expect(try await isRefused(problem { try await auth.signIn(at: provider, as: "ada", header: header) }), "\(header)")
            }
        }
    }

    @Test func aNewKeyOfTheProviderIsTakenUpWithinHalfAMinute() async throws {
        try await withProvider { standIn in
            let settings = try ProviderSettings.read(Settings(["OIDC_PROVIDERS_FILE": standIn.settingsFile]))
            let provider = Provider(settings[0], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            @Sendable func subject(now: Date) async throws -> String {
                let secrets = ProviderSecrets()
                let address = try await provider.authorizationURL(secrets, now: now)
                let brought = try standIn.authorize(address, as: "ada")
                return try await provider.subject(
                    brought.code, verifier: secrets.verifier, nonceHash: SignedSecret.hash(secrets.nonce), now: now)
            }
            let now = Date()
            #expect(try await subject(now: now) == "ada")
            try standIn.rotate(to: "k2")
            #expect(try await isRefused(problem { try await subject(now: now + 1) }))
            #expect(try await subject(now: now + 31) == "ada")
            #expect(standIn.requests.filter { $0 == "/keys" }.count == 2)
            // Without the verifier, and with another one.
            for verifier in ["", ProviderSecrets().verifier] {
                let secrets = ProviderSecrets()
                let brought = try standIn.authorize(try await provider.authorizationURL(secrets, now: now), as: "ada")
                let refused = try await problem {
                    try await provider.subject(brought.code, verifier: verifier, nonceHash: SignedSecret.hash(secrets.nonce), now: now)
                }
                #expect(isRefused(refused))
            }
        }
    }

    @Test("Row 39: a code is good once, for a while, and with its verifier") func aCodeIsGoodOnce() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            let (first, second) = (try await auth.beginAt(), try await auth.beginAt())
            let (one, two) = (
                try provider.authorize(first.authorizationURL, as: "ada"), try provider.authorize(second.authorizationURL, as: "ada")
            )
            _ = try await auth.finish(one.code, one.state)
            // The spent code in another sign-in.
            #expect(try await isRefused(problem { try await auth.finish(one.code, two.state) }))
            // A state that was tried is used up as well.
            #expect(try await isRefused(problem { try await auth.finish(two.code, two.state) }))
            let third = try await auth.beginAt()
            let late = try provider.authorize(third.authorizationURL, as: "ada")
            provider.expireCodes()
            #expect(try await isRefused(problem { try await auth.finish(late.code, late.state) }))
        }
    }

    @Test("Row 39: who answers is who was asked, and where to is not for a request to say") func mixUpsAreRefused() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("ada", at: provider, database)
            let begun = try await auth.beginAt()
            let brought = try provider.authorize(begun.authorizationURL, as: "ada")
            #expect(try await isRefused(problem { try await auth.finish(brought.code, brought.state, iss: "https://evil.example") }))
            let next = try await auth.beginAt()
            let good = try provider.authorize(next.authorizationURL, as: "ada")
            _ = try await auth.finish(good.code, good.state, iss: provider.issuer)

            for redirect in [
                "https://gym.example/sign-in/acme/../evil", "https://gym.example.evil.example", "https://gym.example:81/", "#",
            ] {
                let answer = try await auth.request(
                    "POST", "/v1/auth/providers/acme/begin", json: #"{"redirect_url":"\#(redirect)","redirect_uri":"\#(redirect)"}"#)
                // The stand-in refuses any other address.
                if answer.status == 200 {
                    _ = try provider.authorize(answer.decoded(as: BeginProviderSignIn.Output.self).authorizationURL, as: "ada")
                } else {
                    #expect(answer.status == 422)
                }
            }
            let other = BeginProviderSignIn(name: Slug(rawValue: "other")!)
            #expect(try await problem { try await auth.call(other, body: .init()) }?.status == 404)
        }
    }

    @Test func aProviderThatIsAwayOrNotItselfSignsNobodyIn() async throws {
        try await withProviderAndAuth { auth, database, provider in
            provider.lie("issuer", "https://evil.example")
            #expect(try await problem { try await auth.beginAt() }?.status == 503)
            provider.lie("issuer", provider.issuer)
            provider.lie("token_endpoint", "http://evil.example/token")
            #expect(try await problem { try await auth.beginAt() }?.status == 503)
            provider.lie("token_endpoint", "\(provider.issuer)/token")
            _ = try await auth.linkedOwner("ada", at: provider, database)
            let begun = try await auth.beginAt()
            let brought = try provider.authorize(begun.authorizationURL, as: "ada")
            provider.goAway()
            #expect(try await problem { try await auth.finish(brought.code, brought.state) }?.status == 503)
            provider.goAway(false)
            // Nothing was used up.
            _ = try await auth.finish(brought.code, brought.state)
        }
    }

    @Test func settingsThatCannotBeMeantStopTheStart() async throws {
        try await withTemporaryDirectory { folder in
            let secret = try folder.write("s", to: "secret").path
            func read(_ changes: [String: String]) throws -> Int {
                let members = [
                    "name": "acme", "title": "Acme", "issuer": "https://acme.example", "client_id": "c", "client_secret_file": secret,
                    "redirect_url": "https://gym.example/in",
                ].merging(changes) { $1 }
                let entry = String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
                let file = try folder.write(#"{"providers":[\#(entry)]}"#, to: "providers.json").path
                return try ProviderSettings.read(Settings(["OIDC_PROVIDERS_FILE": file])).count
            }
            #expect(try read([:]) == 1)
            for changes in [
                ["issuer": "http://acme.example"], ["issuer": "ftp://127.0.0.1"], ["issuer": "https://u:p@acme.example"],
                ["redirect_url": "http://gym.example"], ["client_secret_file": "/nowhere"], ["name": "A"],
            ] {
                #expect(throws: (any Error).self, "\(changes)") { try read(changes) }
            }
            #expect(try ProviderSettings.read(Settings([:])).isEmpty)
        }
    }
}
