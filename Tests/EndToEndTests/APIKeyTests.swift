import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Programs of integrators, at the edge and at the services behind it.
@Suite struct APIKeyTests {
    private static let addresses = [
        ("scheduling", "/v1/bookings"), ("billing", "/v1/invoices"), ("workouts", "/v1/workouts"), ("notifications", "/v1/notifications"),
    ]

    private func key(_ gym: Gym, _ scopes: [String]) async throws -> (id: String, token: String) {
        let made = try await gym.raw.post("/v1/api-keys", ["name": "Till", "scopes": .array(scopes.map { .string($0) })]).expect(201)
        let id = try made["key", "id"]
        let answer = try await Caller(gym.system).post(
            "/v1/oauth/token",
            ["grant_type": "client_credentials", "client_id": .string(id), "client_secret": .string(try made["client_secret"])]
        ).expect(200)
        return (id, try answer["access_token"])
    }

    @Test("Row 45: a key that is revoked is refused everywhere at once") func aRevokedKeyIsRefusedEverywhere() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let key = try await key(gym, Self.addresses.map { "\($0.0):read" })
            let caller = Caller(system, token: key.token)
            for (_, path) in Self.addresses { try await caller.get(path).expect(200) }
            try await gym.raw.delete("/v1/api-keys/\(key.id)").expect(204)
            let time = try await eventually("the key is refused") {
                for (service, path) in Self.addresses {
                    var direct = Caller(port: try system.instance(service).port)
                    direct.token = key.token
                    for door in [caller, direct] {
                        let reply = try await door.get(path)
                        guard reply.status == 401, reply.json["type"] == "/problems/unauthenticated" else { return false }
                    }
                }
                return true
            }
            print("from the answer to `DELETE /v1/api-keys/{id}` to edge and every service refusing its token: \(time)")
            try await gym.raw.get("/v1/bookings").expect(200)
        }
    }

    @Test("Row 45: a key opens nothing beyond its scopes, nor in an address") func aKeyOpensNothingBeyondItsScopes() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let key = try await key(gym, ["scheduling:ListClassTypes", "billing:read"])
            let caller = Caller(system, token: key.token)
            try await caller.get("/v1/class-types").expect(200)
            try await caller.get("/v1/invoices").expect(200)
            for path in ["/v1/bookings", "/v1/workouts", "/v1/me", "/v1/auth/sessions", "/v1/api-keys"] {
                let reply = try await caller.get(path).expect(403, "insufficient-scope")
                #expect(reply.headers["www-authenticate"] == #"Bearer error="insufficient_scope""#)
            }
            // The services do not lean on the edge for it.
            var direct = Caller(port: try system.instance("scheduling").port)
            direct.token = key.token
            try await direct.get("/v1/class-types").expect(200)
            try await direct.get("/v1/bookings").expect(403, "insufficient-scope")
            try await Caller(system).get("/v1/invoices?access_token=\(key.token)").expect(401)
        }
    }
}
