import ContractKit
import Foundation
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

@Suite struct AuditWalkTests {
    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withFloor { floor in
            let member = PersonID()
            let exercise = try await floor.exercise("Bench press")
            let file = #"""
                [{"id":"Box_Jump","name":"Box Jump","level":"expert","primaryMuscles":[],"secondaryMuscles":[],"instructions":["Jump."],
                  "category":"plyometrics"}]
                """#
            let answer = try await floor.service.request("POST", "/v1/exercises/import", token: floor.staff, json: file)
            #expect(answer.status == 200, "\(answer.text)")
            let workout = try await floor.workout(of: member)
            try await floor.log(exercise, 8, 60, in: workout)
            _ = try await floor.complete(workout)
            try await floor.service.call(StartWorkout(), body: .init(), token: floor.token(member))
            _ = try await floor.note(workout, .init(sessionDate: .held, plan: "More of the same"))
            #expect(try await floor.stored.unlogged(WorkoutsContract.self, by: [floor.owner, floor.trainer, member]) == [])
        }
    }

    @Test("S1-96: every look at a member's workouts adds a row, and a refused one none") func looksAtWorkoutsAreLogged() async throws {
        try await withFloor { floor in
            let member = PersonID()
            let workout = try await floor.workout(of: member)
            let seen = """
                select count(*) from workouts.audit_log
                where action = 'read' and record_type = 'health_data' and record_id = '\(member)'
                """
            let before = Int(try await floor.stored.sql(seen)) ?? 0
            try await floor.service.call(GetWorkout(workoutID: workout.id), token: floor.staff)
            try await floor.service.call(ListWorkouts(), token: floor.token(member))
            #expect(try await floor.stored.sql(seen) == "\(before + 2)")
            let refused = try await floor.service.request("GET", "/v1/workouts/\(workout.id)", token: floor.token(PersonID()))
            #expect(refused.status == 404)
            #expect(try await floor.stored.sql(seen) == "\(before + 2)")
        }
    }
}
