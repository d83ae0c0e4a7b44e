import ContractKit
import Foundation
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import EdgeServer

/// Those who run the installation, organizations that lost their standing, and the names that clients come by.
@Suite struct PlatformTests {
    private enum Contract: ServiceContract {
        static let name = "toy"
        static let summary = "What only those who run the installation play with"
        static let operations: [any APIOperation.Type] = [RunThing.self, GetThing.self, NewestThing.self]
        static let events: [any Event.Type] = []
    }

    private struct RunThing: APIOperation {
        static let route = Route.get("/v1/platform/things")
        static let summary = "Read every thing"
        static let access = Access.platform
        typealias Output = Thing
    }

    @Test func neitherKindOfTokenPassesAsTheOther() async throws {
        let service = try await TestService()
        try await withEdge([service.address], contracts: [Contract.self]) { edge in
            let people = try edge.signer.token()
            let platform = try edge.signer.token(claims: ["aud": "palestra-platform", "org": nil, "roles": nil, "mfa": true])
            let (things, thing) = ("/v1/platform/things", "/v1/things/\(OrganizationID())")
            #expect(try await edge.call(.GET, things).status == 401)
            let refused = try await edge.call(.GET, things, token: people)
            #expect(try refused.status == 403 && refused.problem().isA(.forbidden))
            #expect(try await edge.call(.GET, things, token: platform).status == 200)
            #expect(try await edge.call(.GET, thing, token: people).status == 200)
            #expect(try await edge.call(.GET, thing, token: platform).status == 401)
            // Somebody of an organization who says they run the installation, and the other way round.
            for claims: [String: JSONValue?] in [
                ["aud": "palestra-platform"], ["org": nil], ["org": "x"], ["aud": "palestra-platform", "org": "x"],
            ] {
                let forged = try edge.signer.token(claims: claims)
                #expect(try await edge.call(.GET, things, token: forged).status == 401, "\(claims)")
                #expect(try await edge.call(.GET, thing, token: forged).status == 401, "\(claims)")
            }
        }
        await service.stop()
    }

    @Test func whoLostTheirStandingIsRefusedUntilItIsBack() async throws {
        let service = try await TestService()
        try await withEdge([service.address], contracts: [Contract.self]) { edge in
            let (organization, person, path) = (OrganizationID(), PersonID(), "/v1/things/\(OrganizationID())")
            let token = try edge.signer.token(person: person, claims: ["org": .string("\(organization)")])
            let others = try edge.signer.token()
            func problem() async throws -> Problem { try await edge.call(.GET, path, token: token).problem() }
            #expect(try await edge.call(.GET, path, token: token).status == 200)
            edge.inside.standings.set(organization.rawValue, .suspended, version: 2, at: Date())
            #expect(try await problem().isA(.organizationSuspended))
            #expect(try await edge.call(.GET, path, token: others).status == 200)
            edge.inside.standings.set(organization.rawValue, .deleted, version: 3, at: Date())
            #expect(try await problem().isA(.notFound))
            edge.inside.standings.set(organization.rawValue, .active, version: 4, at: Date())
            edge.inside.standings.set(person.rawValue, .suspended, version: 2, at: Date())
            #expect(try await problem().isA(.accountSuspended))
            edge.inside.standings.set(person.rawValue, .active, version: 3, at: Date())
            #expect(try await edge.call(.GET, path, token: token).status == 200)
        }
        await service.stop()
    }

    @Test func servicesHearTheNameThatAClientCameByAndNoOther() async throws {
        let service = try await TestService()
        try await withEdge([service.address], contracts: [Contract.self]) { edge in
            let forged = [("X-Forwarded-Host", "evil.example"), ("Host", "www.iron-temple.example")]
            #expect(try await edge.call(.GET, "/v1/things/newest", forged).status == 200)
            #expect(service.seen.heads.last?.headers["X-Forwarded-Host"] == ["www.iron-temple.example"])
            // A token says which organization it is for.
            let token = try edge.signer.token()
            #expect(try await edge.call(.GET, "/v1/things/\(OrganizationID())", token: token, forged).status == 200)
            #expect(service.seen.heads.last?.headers["X-Forwarded-Host"] == [])
        }
        await service.stop()
    }
}
