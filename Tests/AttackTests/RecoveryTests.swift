import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 30 and 31: a forgotten password is no way in for anybody but the reader of the mail.
@Suite struct RecoveryTests {
    /// The lines of the newest mail to this address that hold a link to a new password.
    private func links(to address: String, _ world: World) async throws -> [String] {
        try await arrival(of: "the mail") {
            let lines = try world.system.mail.messages(to: address).flatMap { $0.body.split { $0.isNewline } }
            let links = lines.filter { $0.contains("reset-password#") }.map(String.init)
            return links.isEmpty ? nil : links
        }
    }

    @Test func `Row 31: the link begins with the configured address, whatever host is asked for`() async throws {
        try await withWorld { world in
            let member = try await world.ours.gym.member()
            let body = #"{"email":"\#(member.email)"}"#
            let answer = try await Wire.exchange(
                world.system.edgePort,
                "POST /v1/auth/password/forgot HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
                    + "Forwarded: host=evil.example\r\nX-Original-URL: https://evil.example/\r\nOrigin: https://evil.example\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
            #expect(answer.hasPrefix("HTTP/1.1 204 "), "\(answer.prefix(300))")
            let links = try await links(to: member.email, world)
            #expect(links.count == 1 && links[0].hasPrefix("\(world.system.url)/reset-password#lnk1."), "\(links)")
            for mail in try world.system.mail.messages(to: member.email) {
                #expect(!mail.body.contains("evil") && !mail.headers.contains("evil"))
            }
        }
    }

    @Test func `Row 30: links that were guessed, bent or used open nothing`() async throws {
        try await withWorld { world in
            let member = try await world.ours.gym.member()
            try await Caller(world.system).post("/v1/auth/password/forgot", ["email": .string(member.email)]).expect(204)
            let token = String(try await links(to: member.email, world)[0].split(separator: "#").last ?? "")
            let operation = try #require(Declared.all.first { $0.name == "ResetPassword" })
            func reset(_ token: String) async throws -> Reply {
                let body: JSONValue = ["token": .string(token), "password": "a password of mine"]
                return try await operation.send(world, operation.path, text: body.encoded, token: nil)
            }
            let letters = Array(token)
            for place in stride(from: 0, to: letters.count, by: 3) {
                var bent = letters
                bent[place] = bent[place] == "A" ? "B" : "A"
                try await reset(String(bent)).expect(410, "invalid-link")
            }
            for guess in 0..<10 { try await reset("lnk1.\(Fresh.word)\(guess)").expect(410, "invalid-link") }
            for other in ["verify_email", "change_email"] {
                let path = other == "verify_email" ? "/v1/auth/email-verification/confirm" : "/v1/auth/email/confirm"
                try await Caller(world.system).post(path, ["token": .string(token)]).expect(410, "invalid-link")
            }
            // None of which has hurt the good one.
            let first = try await reset(token).expect(204)
            #expect(first.body.isEmpty)
            try await reset(token).expect(410, "invalid-link")
        }
    }
}
