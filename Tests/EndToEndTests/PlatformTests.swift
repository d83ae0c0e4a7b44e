import AuthContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import AuthServer
@testable import SystemSupport

/// What those who run the installation do, as every process takes it up.
@Suite struct PlatformTests {
    private static let password = "correct horse battery"

    /// Somebody who has signed in with both factors, let in by the command.
    private func administrator(of system: PalestraSystem) async throws -> Caller {
        let name = "ada-\(UUID().uuidString.lowercased().prefix(8))"
        let said = try await system.instance("auth").run(
            ["platform-admin", "add", "--username", name, "--email", "\(name)@palestra.example"], input: "\(Self.password)\n")
        #expect(try said.checked("platform-admin add").contains("\(name) can sign in now"))
        #expect(!said.standardOutput.contains(Self.password) && !said.standardError.contains(Self.password))
        let anybody = Caller(system)
        let begun = try await anybody.post(
            "/v1/platform/login", ["username": .string(name), "password": .string(Self.password)]
        ).expect(200)
        let half = anybody.with(token: try begun["access_token"])
        try await half.get("/v1/platform/organizations").expect(403, "second-factor-needed")
        let secret = try await half.post("/v1/platform/second-factor").expect(200)["secret"]
        let totp = TOTP(secret: try #require(Self.base32(secret)))
        let code = totp.code(step: TOTP.step(at: Date()))
        let whole = try await half.post("/v1/platform/second-factor/give", ["code": .string(code)]).expect(200)
        return anybody.with(token: try whole["access_token"])
    }

    private static func base32(_ text: String) -> Data? {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let values = text.compactMap { digits.firstIndex(of: $0) }
        guard values.count == text.count else { return nil }
        let bits = values.flatMap { value in (0..<5).map { UInt8(value >> (4 - $0) & 1) } }
        return Data(stride(from: 0, to: bits.count - bits.count % 8, by: 8).map { bits[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 } })
    }

    @Test("S0-07: a suspended organization is refused everywhere within a second, and others are not")
    func aSuspendedOrganizationIsRefused() async throws {
        try await withSystem { system in
            let (gym, other) = (try await Gym.signUp(on: system), try await Gym.signUp(on: system))
            let member = try await gym.member()
            let admin = try await administrator(of: system)
            let path = "/v1/platform/organizations/\(gym.organizationID)"
            try await gym.raw.post("\(path)/suspend").expect(403, "forbidden")
            // At the edge, and at every service that nobody stands before.
            let callers = [
                gym.raw, member.raw, Caller(port: try system.instance("auth").port).with(token: gym.tokens.accessToken),
                Caller(port: try system.instance("scheduling").port).with(token: gym.tokens.accessToken),
                Caller(port: try system.instance("billing").port).with(token: gym.tokens.accessToken),
            ]
            let paths = [
                "/v1/me", "/v1/notifications", "/v1/organization", "/v1/sessions?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z",
                "/v1/invoices",
            ]
            func reactivate() async throws {
                try await admin.post("\(path)/reactivate").expect(200)
                for (caller, path) in zip(callers, paths) {
                    try await eventually("\(path) is answered again") { try await caller.get(path).status == 200 }
                }
            }
            try await untilOne(isWithin: .seconds(1), again: reactivate) {
                try await admin.post("\(path)/suspend").expect(200)
                var longest = Duration.zero
                for (caller, path) in zip(callers, paths) {
                    longest = max(longest, try await eventually("\(path) is refused") { try await caller.get(path).status == 403 })
                }
                return longest
            }
            for (caller, path) in zip(callers, paths) { try await caller.get(path).expect(403, "organization-suspended") }
            let login: JSONValue = ["email": .string(member.email), "password": .string(Gym.password)]
            try await Caller(system).post("/v1/auth/login", login).expect(403, "organization-suspended")
            try await other.raw.get("/v1/me").expect(200)
            try await Caller(system).post(
                "/v1/auth/login", ["email": .string(other.ownerEmail), "password": .string(Gym.password)]
            ).expect(200)

            try await reactivate()
            try await Caller(system).post("/v1/auth/login", login).expect(200)
        }
    }

    @Test("S1-14: a suspended account is refused at its next request") func aSuspendedAccountIsRefused() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let admin = try await administrator(of: system)
            let id = try await admin.post("/v1/platform/accounts/find", ["email": .string(member.email)]).expect(200)["id"]
            let path = "/v1/platform/accounts/\(id)"
            let wrong = try await admin.post(path, ["status": "asleep"], method: "PATCH").expect(422, "validation")
            #expect(wrong.text.contains("#/status"))
            try await member.raw.get("/v1/me").expect(200)
            func letIn() async throws {
                try await admin.post(path, ["status": "active"], method: "PATCH").expect(200)
                try await eventually("the member is let in again") { try await member.raw.get("/v1/me").status == 200 }
            }
            try await untilOne(isWithin: .seconds(1), again: letIn) {
                try await admin.post(path, ["status": "suspended"], method: "PATCH").expect(200)
                return try await eventually("the member is refused") { try await member.raw.get("/v1/notifications").status == 403 }
            }
            try await member.raw.get("/v1/me").expect(403, "account-suspended")
            try await gym.raw.get("/v1/me").expect(200)
            try await letIn()
            try await admin.post(path, ["status": "deleted"], method: "PATCH").expect(200)
            try await eventually("the member is out") { try await member.raw.get("/v1/me").status >= 401 }
            let login: JSONValue = ["email": .string(member.email), "password": .string(Gym.password)]
            try await Caller(system).post("/v1/auth/login", login).expect(401, "invalid-credentials")
        }
    }

    @Test("S2-08: another time zone of the organization changes the times that answers tell") func anotherTimeZone() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let (type, trainer) = (try await gym.classType(), try await gym.trainer())
            let session = try await gym.session(type, trainer: trainer)
            #expect(session.timeZone.rawValue == "America/Toronto")
            try await gym.raw.post(
                "/v1/organization", ["name": "Southern Temple", "time_zone": "Pacific/Kiritimati"], method: "PATCH"
            ).expect(200)
            #expect(try await gym.raw.get("/v1/organization").expect(200)["name"] == "Southern Temple")
            try await eventually("the session is told in the new zone") {
                try await gym.raw.get("/v1/sessions/\(session.id)").expect(200)["time_zone"] == "Pacific/Kiritimati"
            }
            // Billing writes the day on the invoice as it is there: fourteen hours ahead of UTC.
            _ = try await gym.book(session.id, member.id)
            _ = try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init())
            let line = try await arrival(of: "the invoice's line") {
                try await gym.raw.get("/v1/invoices?member_id=\(member.id)").expect(200).data.first?["lines"]?.elements.first
            }
            let day = LocalDay(session.startsAt, in: TimeZone(identifier: "Pacific/Kiritimati")!)
            #expect(line["description"]?.text == "Spin, \(day)")
        }
    }

    /// What a request is answered with that is sent as it stands here.
    private func exchange(_ system: PalestraSystem, _ text: String) async throws -> String {
        let client = try await RawClient(system.edgePort)
        defer { client.close() }
        client.send(text)
        try await eventually("an answer") { client.isClosed }
        return client.text
    }

    @Test func theHostOfARequestSaysWhichSiteItIs() async throws {
        try await withSystem { system in
            let (gym, other) = (try await Gym.signUp(on: system), try await Gym.signUp(on: system))
            let domain = "www.\(gym.slug).example"
            try await gym.raw.post("/v1/organization", ["domain": .string(domain)], method: "PATCH").expect(200)
            func site(_ fields: String) async throws -> String {
                try await exchange(system, "GET /v1/site HTTP/1.1\r\n\(fields)\r\nConnection: close\r\n\r\n")
            }
            #expect(try await site("Host: \(domain):\(system.edgePort)").contains(#""slug":"\#(gym.slug)""#))
            // What only the edge may say is not heard from clients.
            let forged = try await site("Host: 127.0.0.1\r\nX-Forwarded-Host: \(domain)")
            #expect(forged.hasPrefix("HTTP/1.1 404 "), "\(forged.prefix(200))")
            let token = other.tokens.accessToken
            let there = try await exchange(
                system,
                "GET /v1/organization HTTP/1.1\r\nHost: \(domain)\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n")
            #expect(there.contains(#""slug":"\#(other.slug)""#))
        }
    }

    @Test("S3-45: a changed setting is taken up by running services") func aChangedSettingIsTakenUp() async throws {
        // One of its own: nothing can be changed in it for a while.
        let system = try await PalestraSystem.start()
        let gym = try await Gym.signUp(on: system)
        let admin = try await administrator(of: system)
        let direct = Caller(port: try system.instance("scheduling").port).with(token: gym.tokens.accessToken)
        let type: JSONValue = [
            "name": "Spin", "category": "group", "duration_minutes": 45, "capacity": 10, "price": ["amount": 5000, "currency": "CAD"],
        ]
        try await direct.post("/v1/class-types", type).expect(201)
        try await gym.raw.post("/v1/platform/config/read_only", ["value": "true"], method: "PUT").expect(403, "forbidden")
        let set = try await admin.post("/v1/platform/config/read_only", ["value": "true"], method: "PUT").expect(200)
        #expect(try set["value"] == "true")
        try await eventually("nothing can be changed") { try await direct.post("/v1/class-types", type).status == 503 }
        try await direct.post("/v1/class-types", type).expect(503, "read-only")
        try await direct.get("/v1/class-types").expect(200)
        try await eventually("nobody can be added") {
            try await gym.raw.post("/v1/members", ["full_name": "Max"]).json["type"] == "/problems/read-only"
        }
        // Whoever starts now hears of it as well.
        try await system.kill("billing")
        try system.start("billing")
        let billing = Caller(port: try system.instance("billing").port).with(token: gym.tokens.accessToken)
        try await eventually("billing refuses as well") {
            try await billing.post("/v1/invoices/\(UUID.v7().lowercaseText)/send").json["type"] == "/problems/read-only"
        }
        try await admin.post("/v1/platform/config/read_only", ["value": "false"], method: "PUT").expect(200)
        try await eventually("everything can be changed again") { try await direct.post("/v1/class-types", type).status == 201 }
        try await admin.post("/v1/platform/config/signups_open", ["value": "false"], method: "PUT").expect(200)
        await #expect(throws: Problem.self) { _ = try await Gym.signUp(on: system) }
        await system.end()
    }
}
