import AuthContract
import ContractKit
import Foundation
import Logging
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

/// Rows 20 and 29: how long an answer takes says nothing about who has an account.
@Suite(.serialized) struct TimingTests {
    /// By turns, so that what else the machine does falls on both alike; as a ratio, so that its speed does not matter.
    @Test(arguments: ["email", "username"])
    func `Row 20: a wrong password and an unknown name take the same time and are answered alike`(by name: String) async throws {
        try await withDatabase(.auth) { database in
            // Dear enough for the hash to be most of the answer.
            try await withService(AuthService.self, database: database.open(), settings: ["PASSWORD_COST": "8"]) { auth in
                let domain = name == "email" ? "@attack.example" : ""
                for index in 0..<24 {
                    let token = try await Self.signUp(auth, "gym-\(index)", "known-\(index)@attack.example")
                    guard name == "username" else { continue }
                    let chosen = try await auth.request("PUT", "/v1/auth/username", token: token, json: #"{"username":"known-\#(index)"}"#)
                    #expect(chosen.status == 204)
                }
                var (times, answers): ([[Double]], Set<String>) = ([[], []], [])
                for turn in 0..<3 {
                    for index in 0..<24 {
                        for (kind, given) in ["known-\(index)\(domain)", "unknown-\(index)\(domain)"].enumerated().shuffled() {
                            let begin = ContinuousClock.now
                            let answer = try await auth.request(
                                "POST", "/v1/auth/login",
                                // No address gets to its fifth wrong password, no network to its last try.
                                headers: ["X-Forwarded-For": "2001:db8:\(turn):\(index)::1", "Content-Type": "application/json"],
                                body: Data(#"{"\#(name)":"\#(given)","password":"wrong horse battery"}"#.utf8))
                            let time = ContinuousClock.now - begin
                            #expect(answer.status == 401)
                            answers.insert("\(answer.text) \(answer.headers.keys.sorted())")
                            times[kind].append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000)
                        }
                    }
                }
                let medians = times.map { $0.sorted()[$0.count / 2] }
                print("sign-in by \(name) refused: \(medians[0]) ms with an account, \(medians[1]) ms without")
                #expect((0.75...1.33).contains(medians[0] / medians[1]), "\(medians)")
                #expect(answers.count == 1, "\(answers)")
            }
        }
    }

    @Test func `Row 29: whoever forgot a password is answered in the same time with and without an account`() async throws {
        try await withDatabase(.auth) { database in
            try await withService(AuthService.self, database: database.open()) { auth in
                let known = (0..<24).map { "known-\($0)@attack.example" }
                for (index, email) in known.enumerated() { try await Self.signUp(auth, "gym-\(index)", email) }
                var (times, answers): ([[Double]], Set<String>) = ([[], []], [])
                for turn in 0..<5 {
                    for (index, email) in known.enumerated() {
                        for (kind, address) in [email, "unknown-\(index)@attack.example"].enumerated().shuffled() {
                            let begin = ContinuousClock.now
                            let answer = try await auth.request(
                                "POST", "/v1/auth/password/forgot",
                                headers: ["X-Forwarded-For": "2001:db8:\(turn):\(index)::1", "Content-Type": "application/json"],
                                body: Data(#"{"email":"\#(address)"}"#.utf8))
                            let time = ContinuousClock.now - begin
                            #expect(answer.status == 204)
                            answers.insert("\(answer.text) \(answer.headers.keys.sorted())")
                            times[kind].append(Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000)
                        }
                    }
                    // So that each turn mails again.
                    try await database.sql("update auth.mail_allowances set counted_at = counted_at - interval '1 hour'")
                }
                let mails = try await database.sql(
                    "select count(*) from auth.outbox where type = 'auth.account_link.created.v1'"
                ).trimmingCharacters(in: .newlines)
                #expect(mails == "\(known.count * 6)")
                let medians = times.map { $0.sorted()[$0.count / 2] }
                print("forgotten password: \(medians[0]) ms with an account, \(medians[1]) ms without")
                #expect((0.75...1.33).contains(medians[0] / medians[1]), "\(medians)")
                #expect(answers.count == 1, "\(answers)")
            }
        }
    }

    /// - Returns: The owner's access token.
    @discardableResult
    private static func signUp(_ auth: ServiceUnderTest, _ slug: String, _ email: String) async throws -> String {
        let body: JSONValue = [
            "name": "Iron Temple", "slug": .string(slug), "kind": "gym", "time_zone": "America/Toronto", "currency": "CAD",
            "owner": ["full_name": "Olga Owner", "email": .string(email), "password": "correct horse battery"],
        ]
        let answer = try await auth.request("POST", "/v1/organizations", json: String(decoding: JSON.encode(body), as: UTF8.self))
        #expect(answer.status == 201, "\(answer.text)")
        return try (answer.decoded() as CreateOrganization.Output).tokens.accessToken
    }
}
