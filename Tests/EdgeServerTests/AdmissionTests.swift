import AuthContract
import ContractKit
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import EdgeServer

@Suite(.serialized) struct AdmissionTests {
    @Test func knownAndUnknownAddresses() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let nothing = try await edge.call(.GET, "/v1/nothing")
            #expect(nothing.status == 404)
            #expect(nothing.headers.first(name: "content-type") == "application/problem+json")
            #expect(try nothing.problem().isA(.notFound))
            #expect(nothing.headers.first(name: "request-id")?.utf8.count == 32)
            let method = try await edge.call(.DELETE, "/v1/notice")
            #expect(method.status == 405)
            #expect(method.headers.first(name: "allow") == "GET, POST, HEAD, OPTIONS")
            for path in ["/metrics", "/.env", "/v0/notice", "/docs/"] { #expect(try await edge.call(.GET, path).status == 404) }
            #expect(try await edge.call(.POST, "/docs").status == 405)
            #expect(service.seen.heads.isEmpty)
            #expect(try await edge.call(.GET, "/v1/notice").status == 200)
        }
        await service.stop()
    }

    @Test func tokensAreNeededWhereTheContractSaysSo() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let path = "/v1/things/\(OrganizationID())"
            let missing = try await edge.call(.GET, path)
            #expect(missing.status == 401)
            #expect(missing.headers.first(name: "www-authenticate") == "Bearer")
            let bad = try await edge.call(.GET, path, token: "nonsense")
            #expect(bad.status == 401)
            #expect(bad.headers.first(name: "www-authenticate")?.contains("invalid_token") == true)
            #expect(try await edge.call(.GET, path + "?access_token=\(edge.signer.token())").status == 401)
            #expect(try await edge.call(.GET, path, [("Authorization", "Basic eDp5")]).status == 401)
            #expect(service.seen.heads.isEmpty)
            let good = try await edge.call(.GET, path, token: edge.signer.token())
            #expect(good.status == 200)
            #expect(good.headers.first(name: "cache-control") == "no-store")
            #expect(service.seen.heads.first?.headers.contains(name: "authorization") == true)
        }
        await service.stop()
    }

    @Test func anEndedLoginSessionIsRefusedAtOnce() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let (session, person) = (LoginSessionID(), PersonID())
            let token = try edge.signer.token(session: session, person: person)
            let path = "/v1/things/\(OrganizationID())"
            #expect(try await edge.call(.GET, path, token: token).status == 200)
            edge.ended.end(session, now: Date())
            let refused = try await edge.call(.GET, path, token: token)
            #expect(refused.status == 401)
            #expect(refused.body.contains("session has ended"))
            #expect(try await edge.call(.GET, path, token: edge.signer.token(person: person)).status == 200)
        }
        await service.stop()
    }

    @Test("Row 45: a limited token is for what its scopes cover") func aLimitedTokenIsForWhatItsScopesCover() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let path = "/v1/things/\(OrganizationID())"
            for scope in ["toy:read", "toy:GetThing", "other:read toy:GetThing"] {
                let token = try edge.signer.token(claims: ["scope": .string(scope)])
                #expect(try await edge.call(.GET, path, token: token).status == 200, "\(scope)")
            }
            let seen = service.seen.heads.count
            for scope in ["", " ", "toy:write", "toy:GetThin", "toy:GetThings", "toy", "other:read", "toy:read,toy:GetThing", "TOY:READ"] {
                let refused = try await edge.call(.GET, path, token: edge.signer.token(claims: ["scope": .string(scope)]))
                #expect(try refused.status == 403 && refused.problem().isA(.insufficientScope), "\(scope)")
                #expect(refused.headers.first(name: "www-authenticate") == #"Bearer error="insufficient_scope""#)
            }
            #expect(try await edge.call(.GET, path, token: edge.signer.token(claims: ["scope": ["toy:read"]])).status == 401)
            #expect(service.seen.heads.count == seen)
        }
        await service.stop()
    }

    @Test("Rows 18, 145: limits count people and addresses apart") func limitsCountPeopleAndAddressesApart() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { configuration in
            configuration.rateLimit = 3
            configuration.anonymousRateLimit = 2
        } body: { edge in
            let (person, path) = (PersonID(), "/v1/things/\(OrganizationID())")
            let token = try edge.signer.token(person: person)
            let first = try await edge.call(.GET, path, token: token)
            #expect(first.headers.first(name: "ratelimit-policy") == #""default";q=3;w=60"#)
            #expect(first.headers.first(name: "ratelimit") == #""default";r=2;t=20"#)
            for _ in 0..<2 { #expect(try await edge.call(.GET, path, token: token).status == 200) }
            // Another token of the same person, and an address that the client made up, do not help.
            let over = try await edge.call(
                .GET, path, token: edge.signer.token(person: person), [("X-Forwarded-For", "203.0.113.9")])
            #expect(over.status == 429)
            #expect((1...20).contains(Int(over.headers.first(name: "retry-after") ?? "") ?? 0))
            #expect(try over.problem().isA(.rateLimited))
            #expect(try await edge.call(.GET, path, token: edge.signer.token()).status == 200)
            for expected in [200, 200, 429] { #expect(try await edge.call(.GET, "/v1/notice").status == expected) }
            #expect(try await edge.call(.GET, path, token: "bad").status == 429)
            #expect(try await edge.call(.GET, "/livez").status == 200)
        }
        await service.stop()
    }

    @Test func browsersOfConfiguredOriginsMayCall() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) {
            $0.corsOrigins = ["https://app.example"]
        } body: { edge in
            let preflight = try await edge.call(
                .OPTIONS, "/v1/things", [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST")])
            #expect(preflight.status == 204)
            #expect(preflight.headers.first(name: "access-control-allow-origin") == "https://app.example")
            #expect(preflight.headers.first(name: "access-control-allow-methods") == "POST, OPTIONS")
            let other = try await edge.call(.OPTIONS, "/v1/things", [("Origin", "https://evil.example")])
            #expect(!other.headers.contains(name: "access-control-allow-origin"))
            let read = try await edge.call(.GET, "/v1/notice", [("Origin", "https://app.example")])
            #expect(read.headers.first(name: "access-control-allow-origin") == "https://app.example")
            #expect(read.headers["vary"] == ["Origin"])
        }
        await service.stop()
    }

    @Test func memoryOfTheLimiterIsBounded() {
        let limiter = RateLimiter(shards: 4, bucketsPerShard: 100)
        for _ in 0..<20_000 { _ = limiter.take(LimitKey(PersonID()), quota: 10, now: .now()) }
        #expect(limiter.count <= 4 * 200)
    }
}
