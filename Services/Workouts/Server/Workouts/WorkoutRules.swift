import ContractKit
import WorkoutsContract

/// What a workout's sets amount to. Pure.
enum WorkoutRules {
    struct Set: Hashable, Sendable {
        var exerciseID: ExerciseID
        var reps: Int
        var weightGrams: Int?
    }

    struct Best: Hashable, Sendable {
        var exerciseID: ExerciseID
        var kind: RecordKind
        /// Grams, or repetitions for `mostReps`.
        var value: Int64
    }

    /// Beyond twelve repetitions Epley's formula says more about endurance than about strength.
    static let mostRepsForAnEstimate = 12

    /// The best of each kind in each exercise, in a stable order.
    static func bests(of sets: [Set]) -> [Best] {
        var bests: [ExerciseID: [RecordKind: Int64]] = [:]
        for set in sets {
            for (kind, value) in values(of: set) {
                bests[set.exerciseID, default: [:]][kind] = max(value, bests[set.exerciseID]?[kind] ?? 0)
            }
        }
        return bests.flatMap { exercise, values in
            values.map { Best(exerciseID: exercise, kind: $0.key, value: $0.value) }
        }.sorted { ($0.exerciseID.description, $0.kind.rawValue) < ($1.exerciseID.description, $1.kind.rawValue) }
    }

    private static func values(of set: Set) -> [RecordKind: Int64] {
        guard let grams = set.weightGrams, grams > 0 else { return [.mostReps: Int64(set.reps)] }
        var values: [RecordKind: Int64] = [.heaviestWeight: Int64(grams)]
        if set.reps <= mostRepsForAnEstimate { values[.estimatedOneRepMax] = estimatedOneRepMax(grams: grams, reps: set.reps) }
        return values
    }

    /// In grams, rounded to the nearest; a single repetition is its own maximum.
    static func estimatedOneRepMax(grams: Int, reps: Int) -> Int64 {
        reps == 1 ? Int64(grams) : (Int64(grams) * Int64(30 + reps) + 15) / 30
    }

    static func record(_ best: Best) -> PersonalRecord {
        PersonalRecord(
            exerciseID: best.exerciseID, kind: best.kind,
            value: best.kind == .mostReps ? Double(best.value) : Double(best.value) / 1000)
    }
}
