import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

@Suite struct WorkoutRulesTests {
    @Test func bestsAreFoundPerExerciseAndKind() {
        let (bench, pullUp) = (ExerciseID(), ExerciseID())
        let bests = Set(
            WorkoutRules.bests(of: [
                .init(exerciseID: bench, reps: 5, weightGrams: 100_000), .init(exerciseID: bench, reps: 1, weightGrams: 110_000),
                .init(exerciseID: bench, reps: 20, weightGrams: 60_000), .init(exerciseID: pullUp, reps: 12),
            ]))
        #expect(
            bests == [
                .init(exerciseID: bench, kind: .heaviestWeight, value: 110_000),
                // 100 kg five times is worth more than 110 kg once; twenty repetitions say nothing about one.
                .init(exerciseID: bench, kind: .estimatedOneRepMax, value: 116_667),
                .init(exerciseID: pullUp, kind: .mostReps, value: 12),
            ])
        #expect(WorkoutRules.bests(of: []).isEmpty)
    }
}

@Suite struct WorkoutTests {
    @Test func eachAttendeeGetsOneWorkout() async throws {
        try await withFloor { floor in
            let members = [PersonID(), PersonID()]
            let event = floor.completed(members)
            for _ in 0..<3 { try await floor.service.hear(OnSessionCompleted(), event) }
            let workouts = try await floor.service.call(ListWorkouts(), token: floor.staff).data
            #expect(Set(workouts.map(\.memberID)) == Set(members) && workouts.count == 2)
            #expect(workouts.allSatisfy { $0.status == .open && $0.trainerID == floor.trainer && $0.sessionID == event.sessionID })
        }
    }

    @Test func setsAreLoggedAndRecordsFound() async throws {
        try await withFloor { floor in
            let ada = PersonID()
            let bench = try await floor.exercise("Bench Press")
            let first = try await floor.workout(of: ada)
            #expect(try await floor.log(bench, 5, 60.5, in: first).setNumber == 1)
            #expect(try await floor.log(bench, 5, 62.5, in: first, token: floor.token(ada)).setNumber == 2)
            let done = try await floor.complete(first)
            #expect(done.status == .completed && done.exercises.map(\.name) == ["Bench Press"])
            #expect(done.exercises.first?.sets.map(\.weightKg?.rawValue) == [60.5, 62.5])
            #expect(Set(done.records.map(\.kind)) == [.heaviestWeight, .estimatedOneRepMax])
            #expect(done.records.first { $0.kind == .heaviestWeight }?.value == 62.5)
            #expect(try await floor.stored.said(WorkoutCompleted.self).map(\.records) == [[bench.id]])

            // Less than before is no record.
            let second = try await floor.workout(of: ada)
            try await floor.log(bench, 5, 50, in: second)
            #expect(try await floor.complete(second).records.isEmpty)

            #expect(try await refusal { try await floor.complete(second) }?.isA(.workoutCompleted) == true)
            #expect(try await refusal { try await floor.log(bench, 5, 50, in: second) }?.isA(.workoutCompleted) == true)
        }
    }

    @Test func setsLoggedAtOnceGetNumbersOfTheirOwn() async throws {
        try await withFloor { floor in
            let bench = try await floor.exercise("Bench Press")
            let workout = try await floor.workout(of: PersonID())
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await floor.log(bench, 5, 60, in: workout).setNumber } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(numbers.sorted() == Array(1...10))
        }
    }

    @Test func badSetsNameTheField() async throws {
        try await withFloor { floor in
            let bench = try await floor.exercise("Bench Press")
            let workout = try await floor.workout(of: PersonID())
            let cases = [
                (#"{"exercise_id":"\#(bench.id)","reps":0}"#, "#/reps"), (#"{"exercise_id":"\#(bench.id)","reps":5,"rpe":11}"#, "#/rpe"),
                (#"{"exercise_id":"\#(bench.id)","reps":5,"weight_kg":-1}"#, "#/weight_kg"),
                (#"{"exercise_id":"\#(ExerciseID())","reps":5}"#, "#/exercise_id"), (#"{"exercise_id":"x","reps":5}"#, "#/exercise_id"),
            ]
            for (body, pointer) in cases {
                let answer = try await floor.service.request("POST", "/v1/workouts/\(workout.id)/sets", token: floor.staff, json: body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.problem.errors?.map(\.pointer) == [pointer])
            }
        }
    }

    @Test("S2-56: only those concerned see it") func onlyThoseConcernedSeeIt() async throws {
        try await withFloor { floor in
            let (ada, ben) = (PersonID(), PersonID())
            let workout = try await floor.workout(of: ada)
            let hers = [workout.id, try await floor.workout(of: ada).id]
            _ = try await floor.workout(of: ben)
            let listed = try await floor.service.call(ListWorkouts(), token: floor.token(ada)).data
            #expect(Set(listed.map(\.id)) == Set(hers) && listed.count == 2)
            func seen(_ person: PersonID, _ role: Role) async throws -> Bool {
                let token = try await floor.token(person, role)
                let listed = try await floor.service.call(ListWorkouts(), token: token).data.contains { $0.id == workout.id }
                let read = try await refusal { try await floor.service.call(GetWorkout(workoutID: workout.id), token: token) } == nil
                #expect(listed == read)
                return read
            }
            #expect(try await seen(ada, .member))
            #expect(try await seen(floor.trainer, .trainer))
            #expect(try await !seen(ben, .member))
            #expect(try await !seen(PersonID(), .trainer))
            let stranger = Floor(floor.service, floor.stored)
            #expect(
                try await refusal { try await stranger.service.call(GetWorkout(workoutID: workout.id), token: stranger.staff) }?.status
                    == 404)
        }
    }
}
