import AuthContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Many want one thing at the same moment; as apps do, they come again when the line was too long for them.
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
            let booked = try await withThrowingTaskGroup(of: Booking.self) { tasks in
                for member in members {
                    tasks.addTask { try await member.client.call(BookSession(sessionID: session.id), body: .init()) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(booked.count { $0.status == .confirmed } == 1)
            #expect(booked.filter { $0.status == .waitlisted }.compactMap(\.waitlistPosition).sorted() == Array(1...19))
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
            let start = try #require(Moment.date("2031-05-06T16:10:00Z"))
            let refusals = try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                for minute in 0..<12 {
                    let body = CreateSession.Body(
                        classTypeID: type, trainerID: trainer, locationID: gym.locationID,
                        startsAt: start.addingTimeInterval(Double(minute) * 60))
                    tasks.addTask { try await refusal { try await gym.owner.call(CreateSession(), body: body) } }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 1)
            #expect(refusals.compactMap(\.self).allSatisfy { $0.isA(.trainerUnavailable) })
        }
    }

    @Test func completingTwiceAtOnceHappensOnce() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            _ = try await gym.book(session.id, member.id)
            let refusals = try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                for _ in 0..<6 {
                    tasks.addTask { try await refusal { try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init()) } }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 1)
            #expect(refusals.compactMap(\.self).map(\.status) == Array(repeating: 409, count: 5))
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
                for _ in 0..<8 { tasks.addTask { try await gym.raw.post("/v1/class-types", body, headers: headers) } }
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
