import AuthContract
import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 1 to 18: what is no token of ours opens nothing, at the edge and at each service behind it.
@Suite struct TokenForgeryTests {
    /// The claims of an owner: a forgery must fail for what it is, not for what it may do.
    private func signer(_ world: World) throws -> Forgery.Signer {
        let claims = AccessTokenClaims(
            personID: PersonID(), loginSessionID: LoginSessionID(), organizationID: world.ours.gym.organizationID,
            roles: [.owner, .trainer, .member], issuedAt: Date())
        return try Forgery.Signer(world.system.keys, try JSON.decode([String: JSONValue].self, from: JSONEncoder().encode(claims)))
    }

    private func expectRefused(_ operation: Declared, _ world: World, _ field: String?, _ what: String) async throws {
        for door in try world.doors(of: operation) {
            let reply = try await door.caller.post(
                operation.target(world.ours), text: operation.validBody(world.ours)?.encoded,
                headers: field.map { ["Authorization": $0] } ?? [:], method: operation.method)
            #expect(reply.status == 401, "\(what), \(operation.name) at \(door.name): \(reply.status) \(reply.text.prefix(300))")
            #expect(reply.json["type"] == "/problems/unauthenticated" && reply.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            expectClean(reply, "\(what), \(operation.name)")
        }
    }

    /// So that the others can fail: signed like the forgeries, unchanged.
    @Test func `S4-51: The forger's own good token is taken`() async throws {
        try await withWorld { world in
            let token = try signer(world).signed()
            for (name, path) in [("auth", "/v1/locations"), ("scheduling", "/v1/bookings"), ("billing", "/v1/invoices")] {
                try await Caller(world.system, token: token).get(path).expect(200)
                var direct = Caller(port: try world.system.instance(name).port)
                direct.token = token
                try await direct.get(path).expect(200)
            }
            let late = try signer(world).signed(["exp": .int(Int(Date().timeIntervalSince1970) - 20)])
            try await Caller(world.system, token: late).get("/v1/bookings").expect(200)
        }
    }

    @Test(arguments: Declared.guarded) func `Row 1: without a token nothing is told`(_ operation: Declared) async throws {
        try await withWorld { world in
            try await expectRefused(operation, world, nil, "no token")
            // Of what is there and of what is not, the same.
            let caller = Caller(world.system)
            let there = try await caller.post(operation.target(world.ours), text: nil, method: operation.method)
            let nowhere = try await caller.post(operation.target(nil), text: nil, method: operation.method)
            #expect(there.body == nowhere.body)
        }
    }

    @Test(arguments: Declared.guarded) func `Row 2: other schemes and broken fields are refused`(_ operation: Declared) async throws {
        try await withWorld { world in
            let token = try signer(world).signed()
            for field in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer  \(token) x", "Digest \(token)", token, "Bearer: \(token)"] {
                try await expectRefused(operation, world, field, String(field.prefix(12)))
            }
        }
    }

    @Test func `Row 2: two Authorization fields are refused, each good alone`() async throws {
        try await withWorld { world in
            let token = try signer(world).signed()
            try await Declared.guarded.filter { $0.method == "GET" }.atOnce { operation in
                let text = try await Wire.exchange(
                    world.system.edgePort,
                    "GET \(operation.target(world.ours)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nAuthorization: Bearer \(token)\r\n\r\n"
                )
                #expect(text.hasPrefix("HTTP/1.1 400 "), "\(operation.name): \(text.prefix(200))")
            }
        }
    }

    /// Each forgery at one operation of each service, at both doors.
    @Test(arguments: Forgery.all) func `S4-51, rows 3 to 11, 13, 16: a forged token is refused`(_ forgery: Forgery) async throws {
        try await withWorld { world in
            let token = try forgery.make(signer(world))
            for service in Declared.contracts.map({ $0.name }) {
                let operation = try #require(Declared.guarded.first { $0.service == service && $0.method == "GET" && $0.inPath.isEmpty })
                try await expectRefused(operation, world, "Bearer \(token)", "row \(forgery.row), \(forgery.name)")
            }
        }
    }

    /// And the three that have been taken most often elsewhere at every operation there is.
    @Test(arguments: Declared.guarded)
    func `Rows 3, 4, 13: no operation takes an unsigned token, a MAC by the public key or changed roles`(_ operation: Declared) async throws
    {
        try await withWorld { world in
            let signer = try signer(world)
            for row in [3, 4, 13] {
                let forgery = try #require(Forgery.all.first { $0.row == row })
                try await expectRefused(operation, world, "Bearer \(try forgery.make(signer))", forgery.name)
            }
        }
    }

    @Test func `Row 9: a refresh token opens nothing`() async throws {
        try await withWorld { world in
            for operation in Declared.guarded {
                try await expectRefused(operation, world, "Bearer \(world.ours.gym.tokens.refreshToken)", "refresh token")
            }
        }
    }

    @Test func `Row 16: a token of 20 kilobytes ends at the edge`() async throws {
        try await withWorld { world in
            let token = try signer(world).signed(["more": .string(String(repeating: "x", count: 16_000))])
            let reply = try await Caller(world.system, token: token).get("/v1/me")
            #expect([401, 431].contains(reply.status), "\(reply.status)")
        }
    }

    @Test func `Row 17: a token in the address is none, and not logged`() async throws {
        try await withWorld { world in
            let token = try signer(world).signed()
            try await Declared.guarded.atOnce { operation in
                for door in try world.doors(of: operation) {
                    let target = operation.target(world.ours, ["access_token": token])
                    let reply = try await door.caller.post(
                        target, text: operation.validBody(world.ours)?.encoded, method: operation.method)
                    #expect(reply.status == 401, "\(operation.name) at \(door.name): \(reply.status)")
                }
            }
            try await Logs.settle(world.system)
            for name in PalestraSystem.services + ["edge"] { #expect(try !Logs.contain(world.system, name, token), "\(name)") }
        }
    }

    @Test func `Row 18: what the edge tells services, clients cannot`() async throws {
        try await withWorld { world in
            let forged = [
                "X-Person-Id": "\(world.theirs.member.id)", "X-Organization-Id": "\(world.theirs.gym.organizationID)", "X-Roles": "owner",
                "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9",
                "True-Client-IP": "203.0.113.9",
                "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Original-URL": "/v1/organization",
            ]
            let me = try await world.ours.member.raw.get("/v1/me", headers: forged).expect(200)
            #expect(try me["person", "id"] == "\(world.ours.member.id)")
            #expect(try me["organization", "id"] == "\(world.ours.gym.organizationID)" && me.json["roles"] == ["member"])
            for operation in Declared.guarded {
                let reply = try await Caller(world.system).post(
                    operation.target(world.theirs), text: operation.validBody(world.theirs)?.encoded, headers: forged,
                    method: operation.method)
                #expect(reply.status == 401, "\(operation.name)")
            }
            let signedIn = try await Caller(world.system).post(
                "/v1/auth/login", ["email": .string(world.ours.member.email), "password": .string(Gym.password)], headers: forged
            ).expect(200)
            let sessions = try await Caller(world.system, token: try signedIn["access_token"]).get("/v1/auth/sessions").expect(200)
            #expect(sessions.data.allSatisfy { $0["address"] == "127.0.0.1" }, "\(sessions.text)")
        }
    }
}
