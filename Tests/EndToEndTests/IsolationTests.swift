import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Two organizations side by side: for each other they do not exist.
@Suite struct IsolationTests {
    @Test("Row 46: what is theirs is not there") func whatIsTheirsIsNotThere() async throws {
        try await withSystem { system in
            async let making = Furnished.make(on: system)
            let (ours, theirs) = (try await Furnished.make(on: system), try await making)
            func id(_ name: String) -> String { theirs.ids[name] ?? name }
            let calls: [(String, String, JSONValue?)] = [
                ("GET", "/v1/locations/\(id("location"))", nil), ("GET", "/v1/trainers/\(id("trainer"))", nil),
                ("GET", "/v1/members/\(id("member"))", nil), ("PATCH", "/v1/members/\(id("member"))", ["full_name": "Taken Over"]),
                ("DELETE", "/v1/members/\(id("member"))", nil), ("DELETE", "/v1/auth/sessions/\(id("login session"))", nil),
                ("GET", "/v1/sessions/\(id("session"))", nil), ("GET", "/v1/sessions/\(id("session"))/bookings", nil),
                ("POST", "/v1/sessions/\(id("session"))/bookings", ["member_id": .string(ours.ids["member"] ?? "")]),
                ("POST", "/v1/sessions/\(id("session"))/complete", nil), ("POST", "/v1/sessions/\(id("session"))/cancel", [:]),
                ("DELETE", "/v1/bookings/\(id("booking"))", nil), ("GET", "/v1/invoices/\(id("invoice"))", nil),
                ("POST", "/v1/invoices/\(id("invoice"))/send", nil), ("GET", "/v1/invoices/\(id("invoice"))/payments", nil),
                ("POST", "/v1/invoices/\(id("invoice"))/payments", ["amount": ["amount": 1, "currency": "CAD"], "method": "cash"]),
                ("GET", "/v1/exercises/\(id("exercise"))", nil), ("GET", "/v1/workouts/\(id("workout"))", nil),
                ("POST", "/v1/workouts/\(id("workout"))/sets", ["exercise_id": .string(ours.ids["exercise"] ?? ""), "reps": 5]),
                ("POST", "/v1/workouts/\(id("workout"))/complete", nil), ("POST", "/v1/notifications/\(id("notification"))/read", nil),
            ]
            for caller in [ours.gym.raw, ours.member.raw] {
                for (method, path, body) in calls {
                    let reply = try await caller.post(path, body, method: method)
                    // A member may be told that the role does not allow it, before anybody looks for the thing.
                    let statuses = caller.token == ours.gym.tokens.accessToken ? [404] : [403, 404]
                    #expect(statuses.contains(reply.status), "\(method) \(path): \(reply.status) \(reply.text.prefix(300))")
                }
            }
            #expect(try await theirs.gym.raw.get("/v1/sessions/\(id("session"))").json["status"] == "scheduled")
        }
    }

    @Test("Rows 46, 64: lists hold only what is ours") func listsHoldOnlyWhatIsOurs() async throws {
        try await withSystem { system in
            async let making = Furnished.make(on: system)
            let (ours, theirs) = (try await Furnished.make(on: system), try await making)
            let lists = [
                "/v1/organization", "/v1/me", "/v1/locations", "/v1/trainers", "/v1/members?limit=100", "/v1/members?query=Max",
                "/v1/class-types",
                "/v1/sessions?from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z", "/v1/bookings", "/v1/invoices", "/v1/workouts",
                "/v1/exercises?q=secret", "/v1/notifications", "/v1/auth/sessions",
                "/v1/invoices?member_id=\(theirs.member.id)", "/v1/workouts?member_id=\(theirs.member.id)",
                "/v1/bookings?member_id=\(theirs.member.id)",
                "/v1/members?query=\(theirs.member.email)",
            ]
            for caller in [ours.gym.raw, ours.member.raw] {
                for path in lists {
                    let reply = try await caller.get(path)
                    #expect([200, 403, 404].contains(reply.status), "\(path): \(reply.status)")
                    // Ids do not repeat; the one that stood in the question is no finding.
                    for (name, id) in theirs.ids where !path.contains(id) {
                        #expect(!reply.text.contains(id), "\(path) shows their \(name)")
                    }
                    if path.contains("member_id=") || path.contains("@") { #expect(reply.data.isEmpty, "\(path)") }
                }
            }
        }
    }

    /// What belongs to others cannot be built on either.
    @Test("Row 47: theirs cannot be used in ours") func theirsCannotBeUsedInOurs() async throws {
        try await withSystem { system in
            async let making = Furnished.make(on: system)
            let (ours, theirs) = (try await Furnished.make(on: system), try await making)
            func session(_ member: String, _ value: String?) async throws -> Reply {
                var body: [String: JSONValue] = [
                    "class_type_id": .string(ours.ids["class type"] ?? ""), "trainer_id": .string(ours.ids["trainer"] ?? ""),
                    "location_id": .string(ours.ids["location"] ?? ""), "starts_at": "2032-01-01T10:00:00Z",
                ]
                body[member] = .string(value ?? "")
                return try await ours.gym.raw.post("/v1/sessions", .object(body))
            }
            for (member, name) in [("class_type_id", "class type"), ("trainer_id", "trainer"), ("location_id", "location")] {
                let reply = try await session(member, theirs.ids[name])
                #expect([404, 422].contains(reply.status), "\(member): \(reply.status) \(reply.text)")
            }
            let booking = try await ours.gym.raw.post(
                "/v1/sessions/\(ours.ids["session"] ?? "")/bookings", ["member_id": .string("\(theirs.member.id)")])
            #expect([404, 422].contains(booking.status), "\(booking.text)")
        }
    }
}
