import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TimestampTests {
    private struct Times: Decodable, Equatable {
        var createdAt: Date
        var updatedAt: Date
    }

    @Test("S0-12, S1-118: a PATCH moves updated_at and leaves created_at") func aPatchMovesUpdatedAt() async throws {
        try await withStaff { gym, _ in
            let (tina, mia) = (try await gym.trainer("Tina"), try await gym.member("Mia"))
            let place = try await gym.location("North")
            for (path, change) in [
                ("/v1/organization", #"{"name":"Steel Temple"}"#), ("/v1/locations/\(place.id)", #"{"name":"South"}"#),
                ("/v1/members/\(mia.id)", #"{"full_name":"Mia Muster"}"#), ("/v1/trainers/\(tina.id)", #"{"bio":"Hello"}"#),
            ] {
                let before: Times = try await gym.auth.request("GET", path, token: gym.owner).decoded()
                let answer = try await gym.auth.request("PATCH", path, token: gym.owner, json: change)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                let after: Times = try answer.decoded()
                #expect(after.updatedAt > before.updatedAt && after.createdAt == before.createdAt, "\(path)")
                #expect(try await gym.auth.request("GET", path, token: gym.owner).decoded() == after, "\(path)")
            }
        }
    }

    @Test("S1-118: to sign in is no change of an account or a person, and to lose a device is one of a login session")
    func usesAreNoChanges() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            let tokens = try await auth.login("iron-temple@example.com")
            // As if both devices had been signed in for an hour.
            try await database.sql(
                "update auth.login_sessions set created_at = now() - interval '1 hour', updated_at = now() - interval '1 hour'")
            _ = try await auth.refresh(tokens)
            let changed = """
                select (select count(*) from auth.accounts where updated_at > created_at),
                    (select count(*) from auth.people where updated_at > created_at),
                    (select count(*) from auth.login_sessions where updated_at > created_at)
                """
            #expect(try await database.sql(changed) == "0|0|0")
            try await database.sql("update auth.login_sessions set ended_at = now(), end_reason = 'ended' where ended_at is null")
            #expect(try await database.sql(changed) == "0|0|2")
        }
    }
}
