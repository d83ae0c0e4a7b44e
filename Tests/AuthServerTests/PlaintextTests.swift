import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// Whoever copies the database, its backups or its outbox learns no name, address, number or secret.
@Suite struct PlaintextTests {
    @Test func nothingPersonalStandsInAnyTable() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple", email: "planted.owner@example.com")
            let token = made.tokens.accessToken
            let planted = CreateMember.Body(
                fullName: "Zebulon Quixote", email: EmailAddress(rawValue: "planted.member@example.com"),
                phone: PhoneNumber(rawValue: "+14165550199"))
            let member = try await auth.call(CreateMember(), body: planted, token: token, idempotencyKey: "planted")
            _ = try await auth.call(UpdateMember(memberID: member.id), body: .init(fullName: "Zebulon Xerxes"), token: token)
            _ = try await auth.call(
                CreateTrainer(),
                body: .init(
                    fullName: "Tryphena Jupiter", email: EmailAddress(rawValue: "planted.trainer@example.com")!,
                    password: Password(rawValue: "planted password")!),
                token: token)
            let login = try await auth.request(
                "POST", "/v1/auth/login", headers: ["User-Agent": "PlantedBrowser/1.0", "X-Forwarded-For": "203.0.113.77"],
                json: #"{"email":"planted.trainer@example.com","password":"planted password"}"#)
            let tokens: Tokens = try login.decoded()
            #expect(try await problem { try await auth.login("planted.nobody@example.com", "planted wrong password") }?.status == 401)

            let tables = try await database.sql("select relname from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'")
                .split(separator: "\n")
            #expect(tables.count >= 15)
            // Where a request came from is what the audit log is asked for: two columns of it, and no other place.
            let origin = ["plantedbrowser", "203.0.113.77"]
            var dump = ""
            for table in tables {
                let kept = table.hasPrefix("audit_log") ? "to_jsonb(t) - '{address,user_agent}'::text[]" : "t"
                dump += try await database.sql("select (\(kept))::text from auth.\(table) t") + "\n"
            }
            dump = dump.lowercased()
            #expect(dump.contains("iron-temple"))

            let secrets = [
                "olive owner", "zebulon", "quixote", "xerxes", "tryphena", "planted.", "4165550199", "planted password",
                tokens.refreshToken.lowercased(), tokens.accessToken.lowercased(),
            ]
            for secret in secrets + origin {
                #expect(!dump.contains(secret), "\(secret)")
                // Bytes are dumped in hexadecimal.
                for spelling in [secret, secret.capitalized] {
                    #expect(
                        !dump.contains(spelling.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()), "\(secret)")
                }
            }
        }
    }
}
