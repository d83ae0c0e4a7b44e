import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Many want one thing at the same moment.
@Suite struct RaceTests {
    @Test func twentyMembersRaceForOnePlace() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer(), capacity: 1)
            let members = try await withThrowingTaskGroup(of: Member.self) { tasks in
                for _ in 0..<20 { tasks.addTask { try await gym.member() } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let path = "/v1/sessions/\(session.id)/bookings"
            let booked = try await withThrowingTaskGroup(of: JSONValue.self) { tasks in
                for member in members { tasks.addTask { try await member.raw.insist(path).expect(201).json } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(booked.filter { $0["status"] == "confirmed" }.count == 1)
            #expect(booked.filter { $0["status"] == "waitlisted" }.compactMap { $0["waitlist_position"]?.number }.sorted() == Array(1...19))
            let after = try await gym.raw.get("/v1/sessions/\(session.id)").expect(200)
            #expect(after.json["booked"] == 1 && after.json["waitlisted"] == 19)
            let listed = try await gym.raw.get("\(path)?limit=100").expect(200).data
            #expect(Set(listed.compactMap { $0["member_id"]?.text }) == Set(members.map { "\($0.id)" }))
        }
    }

    @Test func aTrainerIsInOnePlaceAtATime() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, type) = (try await gym.trainer(), try await gym.classType())
            let replies = try await withThrowingTaskGroup(of: Reply.self) { tasks in
                for minute in 0..<12 {
                    tasks.addTask {
                        try await gym.raw.insist(
                            "/v1/sessions",
                            [
                                "class_type_id": .string("\(type)"), "trainer_id": .string("\(trainer)"),
                                "location_id": .string("\(gym.locationID)"),
                                "starts_at": .string("2031-05-06T16:\(minute + 10):00Z"),
                            ])
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.filter { $0.status == 201 }.count == 1)
            for refused in replies where refused.status != 201 { try refused.expect(409, "trainer-unavailable") }
        }
    }

    @Test func completingTwiceAtOnceHappensOnce() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            _ = try await gym.book(session.id, member.id)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<6 { tasks.addTask { try await gym.raw.insist("/v1/sessions/\(session.id)/complete").status } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 5))
        }
    }

    /// Without a key, each would be a class type of its own.
    @Test func oneKeyIsOneEffectHoweverManyAsk() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let body: JSONValue = [
                "name": "Yoga", "category": "group", "duration_minutes": 60, "capacity": 8, "price": ["amount": 2000, "currency": "CAD"],
            ]
            let headers = ["Idempotency-Key": UUID().uuidString]
            let replies = try await withThrowingTaskGroup(of: Reply.self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await gym.raw.insist("/v1/class-types", body, headers: headers) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            for reply in replies where reply.status != 201 { try reply.expect(409, "idempotency-in-progress") }
            #expect(Set(replies.filter { $0.status == 201 }.map(\.body)).count == 1)
            #expect(try await gym.raw.get("/v1/class-types").data.count == 1)
            #expect(
                try await gym.raw.post("/v1/class-types", body, headers: headers).expect(201).body
                    == replies.first { $0.status == 201 }?.body)
            var other = body
            if case .object(var members) = body {
                members["name"] = "Pilates"
                other = .object(members)
            }
            try await gym.raw.post("/v1/class-types", other, headers: headers).expect(422, "idempotency-mismatch")
            #expect(try await gym.raw.get("/v1/class-types").data.count == 1)
        }
    }
}
