import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Signing up and in, as it goes over the wire.
@Suite struct SignInTests {
    private func body(slug: String, email: String) -> JSONValue {
        [
            "name": "Iron Temple", "slug": .string(slug), "kind": "studio", "time_zone": "America/Toronto", "currency": "CAD",
            "tax_rates": [["code": "gst", "rate": "0.05"]],
            "owner": ["full_name": "Olga Owner", "email": .string(email), "password": .string(Gym.password)],
        ]
    }

    @Test func signUpAnswersAsPinned() async throws {
        try await withSystem { system in
            let (anybody, slug) = (Caller(system), "studio-\(UUID().uuidString.lowercased().prefix(8))")
            let made = try await anybody.post("/v1/organizations", body(slug: slug, email: "olga@\(slug).example")).expect(201)
            #expect(made.members.isSuperset(of: ["organization", "owner", "tokens"]))
            #expect(made.json["organization"]?["slug"] == .string(slug))
            #expect(made.json["owner"]?["email"] == .string("olga@\(slug).example"))
            let tokens = made.json["tokens"] ?? .null
            #expect(tokens.members == ["access_token", "refresh_token", "token_type", "expires_in"])
            #expect(tokens["token_type"] == "Bearer" && tokens["expires_in"] == 300)

            let owner = anybody.with(token: try made["tokens", "access_token"])
            let me = try await owner.get("/v1/me").expect(200)
            #expect(me.json["roles"] == ["owner"] && me.json["person"]?["id"] == made.json["owner"]?["id"])
            #expect(try me["organization", "id"] == (try made["organization", "id"]))
            #expect(try await owner.get("/v1/locations").expect(200).data.count == 1)

            try await anybody.post("/v1/organizations", body(slug: slug, email: "other@\(slug).example")).expect(409, "slug-taken")
            try await anybody.post("/v1/organizations", body(slug: slug + "-2", email: "olga@\(slug).example")).expect(409, "email-taken")
        }
    }

    @Test("Rows 19, 21: sign-in answers as pinned, wrong passwords and the sixth as well") func signInAnswersAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let anybody = Caller(system)
            func login(_ password: String, _ email: String? = nil) async throws -> Reply {
                try await anybody.post(
                    "/v1/auth/login",
                    ["email": .string(email ?? gym.ownerEmail), "password": .string(password), "organization": .string(gym.slug)])
            }
            let tokens = try await login(Gym.password).expect(200)
            #expect(tokens.members == ["access_token", "refresh_token", "token_type", "expires_in"])
            try await login("wrong").expect(401, "invalid-credentials")
            try await login("wrong", "nobody@\(gym.slug).example").expect(401, "invalid-credentials")
            for _ in 0..<4 { try await login("wrong").expect(401, "invalid-credentials") }
            // The wait after the fifth is a second, which a busy machine lets pass; each further one is twice as long.
            var locked = try await login("wrong")
            for _ in 0..<5 where locked.status == 401 { locked = try await login("wrong") }
            try locked.expect(423, "account-locked")
            #expect(Int(locked.headers["retry-after"] ?? "") ?? 0 >= 1)
        }
    }

    @Test("Row 41: a spent refresh token ends the login session") func aSpentRefreshTokenEndsTheLoginSession() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let anybody = Caller(system)
            func refresh(_ token: String) async throws -> Reply {
                try await anybody.post("/v1/auth/refresh", ["refresh_token": .string(token)])
            }
            let second = try await refresh(gym.tokens.refreshToken).expect(200)
            let third = try await refresh(try second["refresh_token"]).expect(200)
            let access = anybody.with(token: try third["access_token"])
            try await access.get("/v1/me").expect(200)
            try await refresh(gym.tokens.refreshToken).expect(401)
            try await refresh(try third["refresh_token"]).expect(401)
            try await isRefused(access)
        }
    }

    @Test("Row 12: signing out is felt everywhere within a second") func logoutIsFeltEverywhereWithinASecond() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let times = try await untilOne(isWithin: .seconds(1)) {
                let member = try await gym.member()
                for path in Self.everywhere { try await member.raw.get(path).expect(200) }
                try await member.raw.post("/v1/auth/logout").expect(204)
                return try await isRefused(member.raw)
            }
            print("from the answer to `logout` to every service refusing the token: \(times)")
        }
    }

    @Test("S2-04, S3-43: a person ends another device") func aPersonEndsAnotherDevice() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let phone = try await Caller(system).post(
                "/v1/auth/login", ["email": .string(gym.ownerEmail), "password": .string(Gym.password)],
                headers: ["User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"]
            ).expect(200)
            let other = Caller(system, token: try phone["access_token"])
            let sessions = try await gym.raw.get("/v1/auth/sessions").expect(200).data
            #expect(sessions.count == 2)
            for session in sessions {
                #expect(session.members.isSuperset(of: ["id", "device", "address", "last_seen_at", "is_current"]))
                #expect(session["address"] == "127.0.0.1")
            }
            let phones = try #require(sessions.first { $0["is_current"] == false }?["id"]?.text)
            try await gym.raw.delete("/v1/auth/sessions/\(phones)").expect(204)
            try await isRefused(other)
            try await gym.raw.get("/v1/me").expect(200)
            #expect(try await gym.raw.get("/v1/auth/sessions").data.count == 1)
            let kept = try await system.servers.sql("select end_reason from auth.login_sessions where login_session_id = '\(phones)'")
            #expect(kept == "ended")
        }
    }

    /// One address of each service.
    private static let everywhere = ["/v1/me", "/v1/bookings", "/v1/invoices", "/v1/workouts", "/v1/notifications"]

    /// Waits until every service refuses the token, seen through the edge and behind it.
    @discardableResult
    private func isRefused(_ caller: Caller) async throws -> Duration {
        try await eventually("the token is refused") {
            for path in Self.everywhere {
                let reply = try await caller.get(path)
                guard reply.status == 401, reply.json["type"] == "/problems/unauthenticated" else { return false }
            }
            return true
        }
    }

    /// The services do not lean on the edge for it.
    @Test("Row 12: services themselves refuse ended sessions") func servicesThemselvesRefuseEndedSessions() async throws {
        try await withSystem { system in
            let member = try await Gym.signUp(on: system).member()
            try await member.raw.post("/v1/auth/logout").expect(204)
            for (service, path) in zip(["auth", "scheduling", "billing", "workouts", "notifications"], Self.everywhere) {
                var direct = Caller(port: try system.instance(service).port)
                direct.token = member.tokens.accessToken
                try await eventually("\(service) refuses the token") { try await direct.get(path).status == 401 }
            }
        }
    }
}
