import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 109 and 140: what others send makes no line of a log, and no secret stands in one.
@Suite struct LogTests {
    @Test func `Row 109: line breaks, escapes and false lines stay inside one line`() async throws {
        try await withWorld { world in
            let mark = Fresh.word
            let forged = #"{"level":"error","message":"forged \#(mark)"}"#
            for text in ["\u{1B}[2J\(mark)", "a\rb\(mark)", forged, "\u{9B}31m\(mark)", "\u{202E}\(mark)", "\(mark)\"}\n\(forged)"] {
                let wire = text.replacing("\r", with: "%0D").replacing("\n", with: "%0A")
                for field in ["User-Agent", "Request-Id", "traceparent", "X-Forwarded-For", "Idempotency-Key", "Referer"] {
                    let path = "/v1/members/\(escaped(text))?query=\(escaped(text))"
                    _ = try await Wire.exchange(
                        world.system.edgePort,
                        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(field): \(wire)\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\nConnection: close\r\n\r\n"
                    )
                    _ = try await Wire.exchange(
                        world.system.edgePort, "GET /v1/\(wire) HTTP/1.1\r\nHost: x\r\n\(field): \(wire)\r\nConnection: close\r\n\r\n")
                }
                _ = try await world.ours.gym.raw.post("/v1/members", ["full_name": .string(text)])
                _ = try await world.ours.gym.raw.post("/v1/exercises/import", [["id": .string(text), "name": .string(text)]])
            }
            try await Logs.settle(world.system)
            for name in PalestraSystem.services + ["edge"] {
                let lines = try Logs.data(world.system, name).split(separator: UInt8(ascii: "\n"))
                #expect(!lines.isEmpty)
                let bad = lines.filter { line in
                    // The last may not be whole yet.
                    line.first != UInt8(ascii: "{") || line.last != UInt8(ascii: "}") || line.contains { $0 < 0x20 || $0 == 0x7F }
                }
                #expect(bad.isEmpty, "\(name): \(bad.prefix(3).map { String(decoding: $0.prefix(300), as: UTF8.self) })")
                for line in lines where line.range(of: Data(mark.utf8)) != nil {
                    let members = try JSON.decode([String: JSONValue].self, from: Data(line))
                    #expect(members["message"]?.text?.contains("forged") == false && members["level"] == "info", "\(name): \(members)")
                }
            }
        }
    }

    @Test func `Row 140: no password, token, address or name stands in a log or a problem`() async throws {
        try await withWorld { world in
            let (password, name, email) = ("canary \(Fresh.word)", "Canary \(Fresh.word)", Fresh.email)
            _ = try await world.ours.gym.raw.post(
                "/v1/members", ["full_name": .string(name), "email": .string(email), "password": .string(password)]
            ).expect(201)
            let login = try #require(Declared.all.first { $0.name == "Login" })
            func signIn(_ password: String) async throws -> Reply {
                let body: JSONValue = ["email": .string(email), "password": .string(password)]
                return try await login.send(world, "/v1/auth/login", text: body.encoded, token: nil)
            }
            let tokens = try await signIn(password).expect(200)
            let wrong = "wrong \(Fresh.word)"
            for reply in [
                try await signIn(wrong),
                try await world.ours.gym.raw.post("/v1/members", ["full_name": .string(name), "email": .string(email), "password": 17]),
                try await world.ours.gym.raw.post("/v1/members", ["full_name": .string(name), "email": .string(email)]),
                try await Caller(world.system).post("/v1/auth/refresh", ["refresh_token": .string(try tokens["refresh_token"] + "x")]),
                try await Caller(world.system, token: try tokens["access_token"] + "x").get("/v1/me"),
            ] {
                for canary in [password, wrong, name, email, try tokens["access_token"]] {
                    #expect(!reply.text.contains(canary), "\(reply.text)")
                }
            }
            let secrets = [
                password, wrong, name, email, try tokens["access_token"], try tokens["refresh_token"],
                String(try tokens["access_token"].split(separator: ".").last ?? ""),
            ]
            try await Logs.settle(world.system)
            for log in PalestraSystem.services + ["edge"] {
                for secret in secrets { #expect(try !Logs.contain(world.system, log, secret), "\(log) holds \(secret.prefix(12))") }
            }
        }
    }
}
