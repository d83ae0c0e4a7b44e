import AuthContract
import Client
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// What somebody proves by mail, from the call to the mail and back.
@Suite struct RecoveryTests {
    /// The secret in the mail whose link leads to `page`.
    private func token(_ page: String, to address: String, _ system: PalestraSystem) async throws -> String {
        try await arrival(of: "the mail with \(page)") {
            let link = "\(system.url)/\(page)#"
            let bodies = try system.mail.messages(to: address).map(\.body)
            let line = bodies.flatMap { $0.split { $0.isNewline } }.first { $0.hasPrefix(link) }
            return line.map { String($0.dropFirst(link.count)) }
        }
    }

    @Test("S0-37, S1-12: who signs up is verified by the link in the mail") func whoSignsUpIsVerifiedByMail() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            #expect(try await gym.raw.get("/v1/me").expect(200).json["email_verified"] == false)
            let token = try await token("verify-email", to: gym.ownerEmail, system)
            let anybody = Caller(system)
            try await anybody.post("/v1/auth/email-verification/confirm", ["token": .string(token)]).expect(204)
            #expect(try await gym.raw.get("/v1/me").expect(200).json["email_verified"] == true)
            try await anybody.post("/v1/auth/email-verification/confirm", ["token": .string(token)]).expect(410, "invalid-link")
        }
    }

    @Test func aForgottenPasswordIsReplacedByMail() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let anybody = Caller(system)
            func login(_ password: String) async throws -> Reply {
                try await anybody.post("/v1/auth/login", ["email": .string(gym.ownerEmail), "password": .string(password)])
            }
            let phone = anybody.with(token: try await login(Gym.password).expect(200)["access_token"])
            try await anybody.post("/v1/auth/password/forgot", ["email": .string(gym.ownerEmail)]).expect(204)
            let token = try await token("reset-password", to: gym.ownerEmail, system)
            let body: JSONValue = ["token": .string(token), "password": "a horse of another colour"]
            let reset = try await anybody.post("/v1/auth/password/reset", body).expect(204)
            #expect(reset.body.isEmpty)

            try await login(Gym.password).expect(401, "invalid-credentials")
            for caller in [gym.raw, phone] {
                try await eventually("every service refuses the old tokens") {
                    for path in ["/v1/me", "/v1/bookings", "/v1/invoices", "/v1/workouts", "/v1/notifications"] {
                        guard try await caller.get(path).status == 401 else { return false }
                    }
                    return true
                }
            }
            try await anybody.post("/v1/auth/refresh", ["refresh_token": .string(gym.tokens.refreshToken)]).expect(401)
            try await anybody.post("/v1/auth/password/reset", body).expect(410, "invalid-link")
            let owner = anybody.with(token: try await login("a horse of another colour").expect(200)["access_token"])
            #expect(try await owner.get("/v1/me").expect(200).json["email_verified"] == true)
            try await eventually("the news of it") {
                try system.mail.messages(to: gym.ownerEmail).contains { $0.body.contains("was changed") }
            }
        }
    }

    @Test func anotherAddressIsProvedByMail() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let new = "olga@\(gym.slug).example"
            try await gym.raw.post("/v1/auth/email", ["email": .string(new), "password": .string(Gym.password)]).expect(204)
            let token = try await token("change-email", to: new, system)
            try await eventually("the old address is told") {
                try system.mail.messages(to: gym.ownerEmail).contains { $0.body.contains("another email address") }
            }
            let anybody = Caller(system)
            try await anybody.post("/v1/auth/email/confirm", ["token": .string(token)]).expect(204)
            #expect(try await gym.raw.get("/v1/me").expect(200).json["person"]?["email"] == .string(new))
            try await anybody.post("/v1/auth/login", ["email": .string(new), "password": .string(Gym.password)]).expect(200)
            try await anybody.post("/v1/auth/login", ["email": .string(gym.ownerEmail), "password": .string(Gym.password)]).expect(401)
        }
    }
}
