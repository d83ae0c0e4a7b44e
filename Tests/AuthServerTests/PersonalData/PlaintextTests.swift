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
            let profile = PutMemberProfile.Body(
                trainingPhase: "planted phase", motivation: "planted motive", dateOfBirth: LocalDay(rawValue: "1981-11-23"),
                emergencyContact: EmergencyContact(fullName: "Planted Contact", phone: PhoneNumber(rawValue: "+14165550177")!))
            _ = try await auth.call(PutMemberProfile(memberID: member.id), body: profile, token: token, idempotencyKey: "profile")
            let trainer = try await auth.login("planted.trainer@example.com", "planted password").accessToken
            let treated = try await auth.addMember("Zebulon Again", token: trainer)
            let health = PutMemberHealth.Body(
                specialSituation: "planted situation", medicalInfo: MedicalInfo(conditions: ["planted condition"]), goals: "planted goals")
            _ = try await auth.call(PutMemberHealth(memberID: treated.id), body: health, token: trainer, idempotencyKey: "health")
            let tryphena = try #require(try await auth.call(ListTrainers(), token: token).data.first)
            _ = try await auth.call(
                UpdateTrainer(trainerID: tryphena.id), body: .init(bio: "planted bio", experience: "planted experience"), token: trainer)
            _ = try await auth.call(
                PutTrainerHealth(trainerID: tryphena.id), body: .init(healthInfo: "planted illness"), token: trainer,
                idempotencyKey: "illness")
            let login = try await auth.request(
                "POST", "/v1/auth/login", headers: ["User-Agent": "PlantedBrowser/1.0", "X-Forwarded-For": "203.0.113.77"],
                json: #"{"email":"planted.trainer@example.com","password":"planted password"}"#)
            let tokens: Tokens = try login.decoded()
            #expect(try await problem { try await auth.login("planted.nobody@example.com", "planted wrong password") }?.status == 401)

            let tables = try await database.sql("select relname from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'")
                .split(separator: "\n")
            #expect(tables.count >= 20)
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
                "olive owner", "zebulon", "quixote", "xerxes", "tryphena", "planted.", "planted ", "4165550199", "4165550177", "1981-11-23",
                "planted password",
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
