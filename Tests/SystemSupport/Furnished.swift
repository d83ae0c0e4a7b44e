import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import ServiceKit
import TestSupport
import Testing

/// An organization with one of everything.
struct Furnished: Sendable {
    let gym: Gym
    let member: Member
    /// By what they are ids of: `login session`.
    var ids: [String: String]

    static func make(on system: PalestraSystem) async throws -> Furnished {
        let gym = try await Gym.signUp(on: system)
        let (trainer, member, type) = (try await gym.trainer(), try await gym.member(), try await gym.classType())
        let held = try await gym.session(type, trainer: trainer)
        let coming = try await gym.session(type, trainer: trainer, in: 48)
        _ = try await gym.book(held.id, member.id)
        let booking = try await gym.book(coming.id, member.id)
        let exercise = try await gym.raw.post(
            "/v1/exercises", ["name": "Secret Press", "level": "beginner", "type": "strength", "instructions": ["Press."]]
        ).expect(201)["id"]
        try await gym.raw.post("/v1/sessions/\(held.id)/complete").expect(200)
        func first(_ path: String, as caller: Caller) async throws -> String {
            try await arrival(of: path) { try await caller.get(path).data.first?["id"]?.text }
        }
        let ids = [
            "organization": "\(gym.organizationID)", "location": "\(gym.locationID)", "trainer": "\(trainer)", "member": "\(member.id)",
            "class type": "\(type)", "held session": "\(held.id)", "session": "\(coming.id)", "booking": "\(booking.id)",
            "exercise": exercise, "invoice": try await first("/v1/invoices", as: gym.raw),
            "workout": try await first("/v1/workouts", as: gym.raw),
            "notification": try await first("/v1/notifications", as: member.raw),
            "login session": try await first("/v1/auth/sessions", as: gym.raw),
        ]
        return Furnished(gym: gym, member: member, ids: ids)
    }

    /// The id that a parameter or member of this name takes: `login_session_id`.
    func id(_ name: String) -> String? {
        name.hasSuffix("_id") ? ids[String(name.dropLast(3)).replacing("_", with: " ")] : nil
    }

    /// A token of somebody here, signed as auth does.
    func token(as roles: Set<Role>, person: PersonID = PersonID()) async throws -> String {
        try await gym.system.keys.token(
            AccessTokenClaims(
                personID: person, loginSessionID: LoginSessionID(), organizationID: gym.organizationID, roles: roles, issuedAt: Date()))
    }
}
