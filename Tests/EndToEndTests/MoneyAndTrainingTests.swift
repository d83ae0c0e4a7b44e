import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SystemSupport

/// Invoices and workouts, as they go over the wire.
@Suite struct MoneyAndTrainingTests {
    @Test func invoicesAnswerAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            _ = try await gym.book(session.id, member.id)
            try await gym.raw.post("/v1/sessions/\(session.id)/complete").expect(200)
            let invoice = try await arrival(of: "the invoice") { try await gym.raw.get("/v1/invoices?member_id=\(member.id)").data.first }
            #expect(invoice.members.isSuperset(of: ["id", "number", "status", "currency", "subtotal", "taxes", "total", "lines"]))
            #expect(invoice["status"] == "draft" && invoice["number"] == .null && invoice["currency"] == "CAD")
            #expect(invoice["total"] == ["amount": 5600, "currency": "CAD"])
            let line = try #require(invoice["lines"]?.elements.first)
            #expect(line.members.isSuperset(of: ["id", "session_id", "description", "quantity", "unit_price", "amount"]))
            #expect(line["session_id"] == .string("\(session.id)") && line["quantity"] == 1)
            let tax = try #require(invoice["taxes"]?.elements.first)
            #expect(tax["code"] == "gst" && tax["rate"] == "0.05" && tax["amount"] == ["amount": 250, "currency": "CAD"])

            let path = "/v1/invoices/\(try #require(invoice["id"]?.text))"
            func pay(_ amount: Int, _ currency: String = "CAD", key: String? = nil) async throws -> Reply {
                try await gym.raw.post(
                    "\(path)/payments",
                    ["amount": ["amount": .int(amount), "currency": .string(currency)], "method": "cheque", "reference": "17"],
                    headers: key.map { ["Idempotency-Key": $0] } ?? [:])
            }
            try await pay(100).expect(409)
            let sent = try await gym.raw.post("\(path)/send").expect(200)
            #expect(sent.json["status"] == "sent" && sent.json["number"]?.text?.isEmpty == false)
            try await gym.raw.post("\(path)/send").expect(409, "invoice-not-draft")
            try await pay(5601).expect(422, "overpayment")
            try await pay(0).expect(422)
            try await pay(-1).expect(422)
            try await pay(100, "EUR").expect(422)
            let key = UUID().uuidString
            let payment = try await pay(5600, key: key).expect(201)
            #expect(try await pay(5600, key: key).expect(201).body == payment.body)
            try await pay(1).expect(422, "overpayment")
            #expect(try await member.raw.get(path).expect(200).json["status"] == "paid")
            try await member.raw.post("\(path)/payments", ["amount": ["amount": 1, "currency": "CAD"], "method": "cash"]).expect(403)
        }
    }

    @Test func numbersHaveNoGapsHoweverManyAreSentAtOnce() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            for _ in 0..<6 { _ = try await gym.book(session.id, try await gym.member().id) }
            try await gym.raw.post("/v1/sessions/\(session.id)/complete").expect(200)
            let ids = try await arrival(of: "six invoices") {
                let rows = try await gym.raw.get("/v1/invoices").data
                return rows.count == 6 ? rows.compactMap { $0["id"]?.text } : nil
            }
            let numbers = try await withThrowingTaskGroup(of: String.self) { tasks in
                for id in ids { tasks.addTask { try await gym.raw.post("/v1/invoices/\(id)/send").expect(200)["number"] } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let counted = numbers.sorted().compactMap { number in number.firstMatch(of: /(\d+)$/).flatMap { Int($0.1) } }
            #expect(counted == Array((counted.first ?? 0)..<((counted.first ?? 0) + 6)), "\(numbers)")
        }
    }

    private static let sample = """
        [
            {"id": "Our_Bench_Press", "name": "Our Bench Press", "force": "push", "level": "beginner", "mechanic": "compound",
             "equipment": "barbell", "primaryMuscles": ["chest"], "secondaryMuscles": ["triceps"], "instructions": ["Lie down.", "Press."],
             "category": "strength", "images": []},
            {"id": "Our_Row", "name": "Our Row", "force": "pull", "level": "expert", "mechanic": null, "equipment": null,
             "primaryMuscles": ["lats"], "secondaryMuscles": [], "instructions": ["Pull."], "category": "powerlifting", "images": []},
            {"id": "Our_Mistake", "name": "Our Mistake", "level": "godlike", "primaryMuscles": [], "secondaryMuscles": [],
             "instructions": [], "category": "strength"}
        ]
        """

    @Test func exercisesAreImportedAndFound() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let first = try await gym.raw.post("/v1/exercises/import", text: Self.sample).expect(200)
            #expect(first.json["imported"] == 2 && first.json["updated"] == 0)
            let rejected = try #require(first.json["rejected"]?.elements)
            #expect(rejected.count == 1 && rejected[0]["index"] == 2 && rejected[0]["pointer"]?.text?.hasSuffix("/level") == true)
            let second = try await gym.raw.post("/v1/exercises/import", text: Self.sample).expect(200)
            #expect(second.json["imported"] == 0 && second.json["updated"] == 0)
            for query in ["q=benhc%20pres", "q=our%20bench", "q=bench&muscle=chest&equipment=barbell&level=beginner"] {
                #expect(try await gym.raw.get("/v1/exercises?\(query)").expect(200).data.first?["name"] == "Our Bench Press", "\(query)")
            }
            #expect(try await gym.raw.get("/v1/exercises?level=advanced").data.map { $0["name"] } == ["Our Row"])
            try await gym.member().raw.post("/v1/exercises/import", text: Self.sample).expect(403)
        }
    }

    /// The public collection itself, which is not ours to keep in the repository.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PALESTRA_EXERCISES_FILE"] != nil))
    func thePublicCollectionIsImported() async throws {
        let file = try #require(ProcessInfo.processInfo.environment["PALESTRA_EXERCISES_FILE"])
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let first = try await gym.raw.post("/v1/exercises/import", text: text).expect(200)
            print("imported \(first.json["imported"] ?? .null), rejected \(first.json["rejected"]?.elements.count ?? 0)")
            #expect(first.json["imported"]?.number ?? 0 > 800)
            let second = try await gym.raw.post("/v1/exercises/import", text: text).expect(200)
            #expect(second.json["imported"] == 0 && second.json["updated"] == 0)
            let found = try await gym.raw.get("/v1/exercises?q=benhc%20pres").expect(200).data.map { $0["name"]?.text ?? "" }
            #expect(found.prefix(3).allSatisfy { $0.contains("Bench Press") }, "\(found)")
        }
    }

    @Test func workoutsAnswerAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            let session = try await gym.session(try await gym.classType(), trainer: try await gym.trainer())
            _ = try await gym.book(session.id, member.id)
            try await gym.raw.post("/v1/sessions/\(session.id)/complete").expect(200)
            let workout = try await arrival(of: "the workout") { try await gym.raw.get("/v1/workouts?member_id=\(member.id)").data.first }
            #expect(workout.members.isSuperset(of: ["id", "session_id", "status", "exercises"]))
            #expect(workout["session_id"] == .string("\(session.id)") && workout["status"] == "open")
            try await gym.raw.post("/v1/exercises/import", text: Self.sample).expect(200)
            let exercise = try #require(try await member.raw.get("/v1/exercises?q=bench").data.first?["id"])
            let path = "/v1/workouts/\(try #require(workout["id"]?.text))"
            func log(_ members: [String: JSONValue]) async throws -> Reply {
                try await member.raw.post("\(path)/sets", .object(members.merging(["exercise_id": exercise]) { $1 }))
            }
            let set = try await log(["reps": 5, "weight_kg": .double(62.5), "rpe": 8]).expect(201)
            #expect(set.json["set_number"] == 1 && set.json["weight_kg"] == .double(62.5))
            try await log(["reps": 5, "set_number": 1]).expect(409, "set-exists")
            try await log(["reps": 5, "rpe": 11]).expect(422, "validation")
            try await log(["reps": 0]).expect(422, "validation")
            try await log(["reps": 5, "weight_kg": -1]).expect(422, "validation")
            #expect(try await member.raw.post("\(path)/complete").expect(200).json["status"] == "completed")
            try await log(["reps": 5]).expect(409, "workout-completed")
            let told = try await arrival(of: "the message") {
                try await member.raw.get("/v1/notifications?unread=true").data.first { $0["kind"] == "workout.completed" }
            }
            #expect(told.members.isSuperset(of: ["id", "kind", "title", "body", "read_at"]) && told["read_at"] == .null)
            let read = try await member.raw.post("/v1/notifications/\(try #require(told["id"]?.text))/read").expect(200)
            #expect(read.json["read_at"]?.text != nil)
        }
    }
}
