import ContractKit
import Foundation
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

@Suite struct ExerciseSearchRulesTests {
    private func mistakes(_ a: String, _ b: String) -> Int { ExerciseSearchRules.mistakes(Array(a), Array(b)) }

    @Test func mistakesAreCounted() {
        #expect(mistakes("bench", "bench") == 0)
        #expect(mistakes("benhc", "bench") == 1)
        #expect(mistakes("bnch", "bench") == 1)
        #expect(mistakes("bencch", "bench") == 1)
        #expect(mistakes("benhc", "bent") == 2)
        #expect(mistakes("", "abc") == 3 && mistakes("abc", "") == 3 && mistakes("", "") == 0)
    }
}

@Suite struct ExerciseSearchTests {
    @Test("S0-18: spelling is forgiven, and synonyms are known") func spellingIsForgiven() async throws {
        try await withFloor { floor in
            for name: Line in [
                "Bent Press", "Bench Press - With Bands", "Bench Press", "Leg Press", "Deadlift", "Développé couché", "Bent Over Row",
            ] { _ = try await floor.exercise(name) }
            _ = try await floor.exercise("Barbell Curl", synonyms: ["Biceps curl"])
            #expect(try await floor.search("benhc pres").first == "Bench Press")
            #expect(try await floor.search("DEADLFIT").first == "Deadlift")
            #expect(try await floor.search("developpe couche").first == "Développé couché")
            #expect(try await floor.search("bicep curl").first == "Barbell Curl")
            #expect(try await floor.search("zzzzqq").isEmpty)
            #expect(try await floor.search("'; drop table exercises; --").isEmpty)
        }
    }

    @Test("S0-19, S0-20: levels and types are known ones") func levelsAndTypesAreKnownOnes() async throws {
        try await withFloor { floor in
            func make(_ level: String, _ type: String) async throws -> RawAnswer {
                try await floor.service.request(
                    "POST", "/v1/exercises", token: floor.staff,
                    json: #"{"name":"\#(level) \#(type)","level":"\#(level)","type":"\#(type)","instructions":["Lift."]}"#)
            }
            for level in ["beginner", "intermediate", "advanced"] {
                for type in ["strength", "cardio", "flexibility", "balance", "functional"] {
                    #expect(try await make(level, type).status == 201, "\(level) \(type)")
                }
            }
            for (level, type, pointer) in [("expert", "strength", "#/level"), ("beginner", "yoga", "#/type")] {
                let refused = try await make(level, type)
                #expect(try refused.status == 422 && refused.problem.errors?.map(\.pointer) == [pointer])
            }
            for (column, value) in [("level", "expert"), ("type", "yoga")] {
                let error = await #expect(throws: TestSupportError.self) {
                    try await floor.stored.sql("update workouts.exercises set \(column) = '\(value)'")
                }
                let said = error?.description ?? ""
                #expect(said.contains("\"exercises_\(column)\""), "\(column)")
            }
        }
    }

    @Test func pagesCoverEverythingOnce() async throws {
        try await withFloor { floor in
            for number in 1...7 { _ = try await floor.exercise(try #require(Line(rawValue: "Press \(number)"))) }
            for q: SearchText? in [nil, "press"] {
                var names: [String] = []
                var cursor: Cursor?
                repeat {
                    let page = try await floor.service.call(ListExercises(q: q, limit: 3, cursor: cursor), token: floor.staff)
                    names += page.data.map(\.name)
                    cursor = page.nextCursor.flatMap { Cursor(rawValue: $0) }
                } while cursor != nil
                #expect(names.count == 7 && Set(names).count == 7)
            }
        }
    }

    @Test func anotherOrganizationHasItsOwn() async throws {
        try await withFloor { floor in
            let exercise = try await floor.exercise("Bench Press")
            #expect(try await refusal { try await floor.exercise("Bench Press") }?.isA(.exerciseExists) == true)
            let stranger = Floor(floor.service, floor.stored)
            #expect(try await stranger.search("bench press").isEmpty)
            #expect(
                try await refusal { try await stranger.service.call(GetExercise(exerciseID: exercise.id), token: stranger.staff) }?.status
                    == 404)
            _ = try await stranger.exercise("Bench Press")
        }
    }
}
