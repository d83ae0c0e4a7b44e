import ContractKit
import Postgres
import WorkoutsContract

/// Puts workouts together for the API: three statements, however many there are.
struct WorkoutView {
    let store: WorkoutStore

    func show(_ rows: [WorkoutStore.Row]) async throws -> [Workout] {
        guard !rows.isEmpty else { return [] }
        let ids = rows.map(\.workoutID)
        let sets = Dictionary(grouping: try await store.sets(of: ids), by: \.workoutID)
        let records = Dictionary(grouping: try await store.records(of: ids), by: \.workoutID)
        return rows.map { row in
            Workout(
                id: row.workoutID, memberID: row.memberID, trainerID: row.trainerID, sessionID: row.sessionID, status: row.status,
                exercises: Self.exercises(sets[row.workoutID] ?? []),
                records: (records[row.workoutID] ?? []).map { record in
                    WorkoutRules.record(.init(exerciseID: record.exerciseID, kind: record.kind, value: record.value))
                },
                startedAt: row.startedAt, completedAt: row.completedAt, version: row.version)
        }
    }

    func show(_ row: WorkoutStore.Row) async throws -> Workout {
        guard let workout = try await show([row]).first else { throw Problem.notFound }
        return workout
    }

    /// Exercises in the order of their first sets.
    private static func exercises(_ sets: [WorkoutStore.SetRow]) -> [WorkoutExercise] {
        sets.reduce(into: []) { exercises, row in
            let set = WorkoutSet(
                id: row.setID, exerciseID: row.exerciseID, setNumber: row.setNumber, reps: row.reps,
                weightKg: row.weightGrams.flatMap { Kilograms(grams: $0) }, rpe: row.rpe.flatMap { Rating(rawValue: $0) })
            if let index = exercises.firstIndex(where: { $0.exerciseID == row.exerciseID }) {
                exercises[index].sets.append(set)
            } else {
                exercises.append(WorkoutExercise(exerciseID: row.exerciseID, name: row.name, sets: [set]))
            }
        }
    }
}
