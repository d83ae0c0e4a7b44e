import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Class types, sessions and bookings, as they go over the wire.
@Suite struct TimetableTests {
    @Test func sessionsAnswerAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let trainer = try await gym.trainer()
            let type = try await gym.raw.post(
                "/v1/class-types",
                [
                    "name": "Spin", "category": "group", "duration_minutes": 45, "capacity": 12,
                    "price": ["amount": 5000, "currency": "CAD"],
                    "color": "#12ab9f",
                ]
            ).expect(201)
            #expect(type.json["color"] == "#12AB9F" && type.json["price"] == ["amount": 5000, "currency": "CAD"])
            var body: [String: JSONValue] = [
                "class_type_id": .string(try type["id"]), "trainer_id": .string("\(trainer)"), "location_id": .string("\(gym.locationID)"),
                "starts_at": "2031-05-06T18:00:00+02:00",
            ]
            let made = try await gym.raw.post("/v1/sessions", .object(body)).expect(201)
            #expect(made.json["status"] == "scheduled" && made.json["capacity"] == 12)
            #expect(made.json["booked"] == 0 && made.json["waitlisted"] == 0)
            #expect(try Moment.date(made["starts_at"]) == Moment.date("2031-05-06T16:00:00Z"))
            #expect(try Moment.date(made["ends_at"]) == Moment.date("2031-05-06T16:45:00Z"))

            body["starts_at"] = "2031-05-06T16:44:59Z"
            try await gym.raw.post("/v1/sessions", .object(body)).expect(409, "trainer-unavailable")
            body["starts_at"] = "2031-05-06T16:45:00Z"
            let next = try await gym.raw.post("/v1/sessions", .object(body)).expect(201)
            func listed(_ query: String) async throws -> [String?] {
                try await gym.raw.get("/v1/sessions?\(query)").expect(200).data.map { $0["id"]?.text }
            }
            let (first, second) = (try made["id"], try next["id"])
            #expect(try await listed("from=2031-05-06T00:00:00Z&to=2031-05-07T00:00:00Z") == [first, second])
            #expect(try await listed("from=2031-05-06T16:45:00Z&to=2031-05-07T00:00:00Z").contains(second))
            #expect(try await listed("from=2031-05-07T00:00:00Z") == [])
            #expect(try await listed("from=2031-05-06T00:00:00Z&trainer_id=\(trainer)&location_id=\(gym.locationID)") == [first, second])
            #expect(try await listed("from=2031-05-06T00:00:00Z&trainer_id=\(PersonID())") == [])
        }
    }

    @Test func aFullSessionHasAWaitlistThatMovesUp() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer(), capacity: 1)
            let members = [try await gym.member(), try await gym.member(), try await gym.member()]
            let path = "/v1/sessions/\(session.id)/bookings"
            let first = try await members[0].raw.post(path).expect(201)
            #expect(first.members.isSuperset(of: ["id", "session_id", "member_id", "status", "waitlist_position", "payment_status"]))
            #expect(
                first.json["status"] == "confirmed" && first.json["waitlist_position"] == .null && first.json["payment_status"] == "pending"
            )
            let second = try await members[1].raw.post(path, [:]).expect(201)
            let third = try await gym.raw.post(path, ["member_id": .string("\(members[2].id)")]).expect(201)
            #expect(second.json["status"] == "waitlisted" && second.json["waitlist_position"] == 1)
            #expect(third.json["status"] == "waitlisted" && third.json["waitlist_position"] == 2)
            try await members[1].raw.post(path).expect(409, "already-booked")
            try await members[1].raw.post(path, ["member_id": .string("\(members[2].id)")]).expect(403)

            let cancelled = try await members[0].raw.delete("/v1/bookings/\(try first["id"])").expect(200)
            #expect(["cancelled", "late_cancelled"].contains(cancelled.json["status"]?.text))
            let list = try await gym.raw.get(path).expect(200).data
            #expect(list.map { $0["id"] } == [first, second, third].map { $0.json["id"] })
            #expect(list.map { $0["status"] } == [cancelled.json["status"], "confirmed", "waitlisted"])
            #expect(list.map { $0["waitlist_position"] } == [.null, .null, 1])
            try await members[0].raw.delete("/v1/bookings/\(try first["id"])").expect(409)
            try await eventually("the second is told") {
                try await members[1].raw.get("/v1/notifications?unread=true").data.contains { $0["kind"] == "booking.promoted" }
            }
        }
    }

    @Test func outcomesAnswerAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, type) = (try await gym.trainer(), try await gym.classType())
            let (here, away) = (try await gym.member(), try await gym.member())
            let held = try await gym.session(type, trainer: trainer)
            let (came, missed) = (try await gym.book(held.id, here.id), try await gym.book(held.id, away.id))
            let attendance: JSONValue = [
                "attendance": [
                    ["booking_id": .string("\(came.id)"), "attended": true], ["booking_id": .string("\(missed.id)"), "attended": false],
                ]
            ]
            let path = "/v1/sessions/\(held.id)/complete"
            #expect(try await gym.raw.post(path, attendance).expect(200).json["status"] == "completed")
            try await gym.raw.post(path).expect(409, "session-not-scheduled")
            try await gym.raw.post("/v1/sessions/\(held.id)/cancel", [:]).expect(409, "session-not-scheduled")
            try await gym.raw.post("/v1/sessions/\(held.id)/bookings", ["member_id": .string("\(try await gym.member().id)")])
                .expect(409, "session-closed")
            try await eventually("the one who came is billed") { try await here.raw.get("/v1/invoices").data.count == 1 }
            #expect(try await away.raw.get("/v1/invoices").data == [])
            let statuses = try await gym.raw.get("/v1/sessions/\(held.id)/bookings").data.map { $0["status"]?.text }
            #expect(statuses == ["confirmed", "no_show"])

            let off = try await gym.session(type, trainer: trainer, in: 48)
            _ = try await gym.book(off.id, here.id)
            #expect(try await gym.raw.post("/v1/sessions/\(off.id)/cancel", ["reason": "Ill"]).expect(200).json["status"] == "cancelled")
            try await eventually("the member is told") {
                try await here.raw.get("/v1/notifications").data.contains { $0["kind"] == "session.cancelled" }
            }
        }
    }
}
