import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct AccessLogTests {
    private func sights(_ auth: ServiceUnderTest, of member: PersonID, token: String) async throws -> [AuditEntry] {
        try await auth.call(
            ListAuditLog<AuthContract>(recordType: "client_data", recordID: AuditRecordID(rawValue: member.rawValue)), token: token
        ).data
    }

    @Test("S1-96: every look at a member adds a row, and a refused one none") func everyLookAtAMemberAddsARow() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: token)
            let bob = try await auth.addMember("Bob", token: token)
            #expect(try await sights(auth, of: mia.id, token: token).isEmpty)

            let answer = try await auth.request(
                "GET", "/v1/members/\(mia.id)", token: token,
                headers: ["X-Forwarded-For": "203.0.113.7", "User-Agent": "Palestra/1.0", "Access-Purpose": "treatment"])
            #expect(answer.status == 200)
            let seen = try #require(try await sights(auth, of: mia.id, token: token).first)
            #expect(seen.actorID == made.owner.id && seen.action == .read && seen.by == "GetMember")
            #expect(seen.access == .view && seen.purpose == .treatment && seen.address == "203.0.113.7" && seen.userAgent == "Palestra/1.0")

            // A page is a look at everybody on it.
            #expect(try await auth.call(ListMembers(), token: token).data.count == 2)
            #expect(try await sights(auth, of: mia.id, token: token).map(\.by) == ["ListMembers", "GetMember"])
            #expect(try await sights(auth, of: bob.id, token: token).map(\.by) == ["ListMembers"])
            // Members look at themselves.
            let hers = try await auth.login("mia@example.com").accessToken
            try await auth.call(GetMember(memberID: mia.id), token: hers)
            #expect(try await sights(auth, of: mia.id, token: token).first?.actorID == mia.id)

            let before = try await database.sql("select count(*) from auth.audit_log")
            let other = try await auth.signUp("steel-hall").tokens.accessToken
            let made2 = try await database.sql("select count(*) from auth.audit_log")
            #expect(before != made2)
            for (path, refused) in [("/v1/members/\(bob.id)", hers), ("/v1/members", hers), ("/v1/members/\(bob.id)", other)] {
                #expect([403, 404].contains(try await auth.request("GET", path, token: refused).status))
            }
            #expect(try await auth.request("GET", "/v1/members/\(bob.id)").status == 401)
            #expect(try await auth.request("GET", "/v1/members?limit=1000", token: token).status == 422)
            #expect(try await database.sql("select count(*) from auth.audit_log") == made2)
        }
    }

    @Test("S1-93: a changed member is in the log with address and agent, sealed as in the table and without a secret")
    func aChangedMemberIsInTheLog() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", token: token)
            let stored = try await database.sql("select full_name from auth.people where person_id = '\(mia.id)'")
            let answer = try await auth.request(
                "PATCH", "/v1/members/\(mia.id)", token: token, headers: ["X-Forwarded-For": "203.0.113.7", "User-Agent": "Palestra/1.0"],
                json: #"{"full_name": "Mia Muster", "is_active": false}"#)
            #expect(answer.status == 200, "\(answer.text)")
            let changes = try await auth.call(
                ListAuditLog<AuthContract>(recordType: "people", recordID: AuditRecordID(rawValue: mia.id.rawValue)), token: token
            ).data
            #expect(changes.map(\.action) == [.update, .create])
            let change = changes[0]
            #expect(change.oldValues?["full_name"] == .string(stored) && change.newValues?["full_name"] != .string(stored))
            #expect(change.oldValues?["is_active"] == true && change.newValues?["is_active"] == false)
            #expect(change.oldValues?["roles"] == nil, "unchanged")
            #expect(change.address == "203.0.113.7" && change.userAgent == "Palestra/1.0")

            let log = try await database.sql(
                "select string_agg(coalesce(old_values, '{}')::text || coalesce(new_values, '{}')::text, '') from auth.audit_log")
            for secret in ["Mia", "mia@example.com", "$2b$", "email_index", "wrapped", "token_hash", "refresh_hash", "password_hash"] {
                #expect(!log.contains(secret), "\(secret)")
            }
        }
    }
}
