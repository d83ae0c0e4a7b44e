import ContractKit
import Foundation
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

@Suite struct ImportTests {
    /// A small file of our own making with every kind of row the public one has, and some that it has not.
    private static let sample = """
        [{"id":"Bench_Press","name":"Bench Press","force":"push","level":"beginner","mechanic":"compound","equipment":"barbell",
          "primaryMuscles":["chest"],"secondaryMuscles":["triceps","shoulders"],"instructions":["Lie down.","","Press."],
          "category":"strength","images":["Bench_Press/0.jpg"]},
         {"id":"Side_Bridge","name":"Side Bridge","force":null,"level":"expert","mechanic":null,"equipment":null,
          "primaryMuscles":["abdominals"],"secondaryMuscles":[],"instructions":[],"category":"stretching","images":[]},
         {"id":"Box_Jump","name":"Box Jump","force":"push","level":"expert","mechanic":"compound","equipment":"other",
          "primaryMuscles":["quadriceps"],"secondaryMuscles":[],"instructions":["Jump."],"category":"plyometrics","images":[]},
         {"id":"Odd","name":"Odd","level":"superhuman","primaryMuscles":[],"secondaryMuscles":[],"instructions":["?"],"category":"strength"},
         {"id":"Bench_Press","name":"Bench Press again","level":"beginner","primaryMuscles":[],"secondaryMuscles":[],"instructions":["?"],
          "category":"strength"}]
        """

    private func run(_ floor: Floor, _ file: Data) async throws -> ImportExercises.Output {
        let answer = try await floor.service.request(
            "POST", "/v1/exercises/import", token: floor.staff, headers: ["Content-Type": "application/json"], body: file)
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        return try answer.decoded()
    }

    @Test func aFileIsTakenRowByRow() async throws {
        try await withFloor { floor in
            let first = try await run(floor, Data(Self.sample.utf8))
            #expect((first.imported, first.updated) == (2, 0))
            #expect(first.rejected.map(\.pointer) == ["#/1/instructions", "#/3/level", "#/4/id"])
            #expect(first.rejected.map(\.index) == [1, 3, 4])
            let second = try await run(floor, Data(Self.sample.utf8))
            #expect((second.imported, second.updated) == (0, 0))
            #expect(second.rejected == first.rejected)

            let changed = Self.sample.replacing(#""Press.""#, with: #""Press hard.""#)
            let third = try await run(floor, Data(changed.utf8))
            #expect((third.imported, third.updated) == (0, 1))
            let bench = try #require(try await floor.service.call(ListExercises(q: "bench press"), token: floor.staff).data.first)
            #expect(bench.instructions == ["Lie down.", "Press hard."] && bench.version == 2)
            let jump = try #require(try await floor.service.call(ListExercises(level: .advanced), token: floor.staff).data.first)
            #expect(jump.name == "Box Jump" && jump.type == .functional)
        }
    }

    @Test func aNameOfTheGymsOwnStays() async throws {
        try await withFloor { floor in
            _ = try await floor.exercise("Bench Press")
            let outcome = try await run(floor, Data(Self.sample.utf8))
            #expect(outcome.imported == 1)
            #expect(outcome.rejected.map(\.pointer) == ["#/0/name", "#/1/instructions", "#/3/level", "#/4/id"])
        }
    }

    @Test func whatIsNoListIsRefused() async throws {
        try await withFloor { floor in
            for (body, status) in [(#"{"a":1}"#, 422), ("[", 400), (#"[1]"#, 200)] {
                let answer = try await floor.service.request("POST", "/v1/exercises/import", token: floor.staff, json: body)
                #expect(answer.status == status, "\(body): \(answer.text.prefix(200))")
            }
            let member = try await floor.token(PersonID())
            #expect(try await floor.service.request("POST", "/v1/exercises/import", token: member, json: "[]").status == 403)
        }
    }

    /// The real file, where it is at hand: `PALESTRA_EXERCISES_FILE`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PALESTRA_EXERCISES_FILE"] != nil))
    func thePublicFileIsReportedTruthfully() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["PALESTRA_EXERCISES_FILE"])
        let file = try Data(contentsOf: URL(filePath: path))
        try await withFloor { floor in
            let first = try await run(floor, file)
            #expect((first.imported, first.updated, first.rejected.count) == (868, 0, 5))
            let second = try await run(floor, file)
            #expect((second.imported, second.updated, second.rejected.count) == (0, 0, 5))
            #expect(try await floor.search("benhc pres").first?.hasPrefix("Bench Press") == true)
        }
    }
}
