public import ContractKit
public import Foundation

/// What one member did in one training: exercises with their sets.
public struct Workout: Codable, Sendable, Versioned {
    public var id: WorkoutID
    public var memberID: PersonID
    /// Null for a workout that the member started alone.
    @Nullable public var trainerID: PersonID?
    @Nullable public var sessionID: SessionID?
    public var status: WorkoutStatus
    public var exercises: [WorkoutExercise]
    /// Found when it was completed.
    public var records: [PersonalRecord]
    public var startedAt: Date
    @Nullable public var completedAt: Date?
    public var version: Int64

    public init(
        id: WorkoutID, memberID: PersonID, trainerID: PersonID?, sessionID: SessionID?, status: WorkoutStatus,
        exercises: [WorkoutExercise], records: [PersonalRecord], startedAt: Date, completedAt: Date?, version: Int64
    ) {
        self.id = id
        self.memberID = memberID
        self.trainerID = trainerID
        self.sessionID = sessionID
        self.status = status
        self.exercises = exercises
        self.records = records
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.version = version
    }
}

extension Workout: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID, id: id.rawValue)] }
}

public enum WorkoutStatus: String, Words {
    case open, completed
}

/// One exercise of a workout with its sets, in order.
public struct WorkoutExercise: Codable, Sendable {
    public var exerciseID: ExerciseID
    public var name: String
    public var sets: [WorkoutSet]

    public init(exerciseID: ExerciseID, name: String, sets: [WorkoutSet]) {
        self.exerciseID = exerciseID
        self.name = name
        self.sets = sets
    }
}

public enum WorkoutSetTag {}

public struct WorkoutSet: Codable, Sendable {
    public var id: Identifier<WorkoutSetTag>
    public var exerciseID: ExerciseID
    public var setNumber: Int
    public var reps: Int
    @Nullable public var weightKg: Kilograms?
    /// Perceived exertion.
    @Nullable public var rpe: Rating?

    public init(id: Identifier<WorkoutSetTag>, exerciseID: ExerciseID, setNumber: Int, reps: Int, weightKg: Kilograms?, rpe: Rating?) {
        self.id = id
        self.exerciseID = exerciseID
        self.setNumber = setNumber
        self.reps = reps
        self.weightKg = weightKg
        self.rpe = rpe
    }
}

/// A best of one member in one exercise.
public struct PersonalRecord: Codable, Sendable, Hashable {
    public var exerciseID: ExerciseID
    public var kind: RecordKind
    /// Kilograms, or repetitions for `most_reps`.
    public var value: Double

    public init(exerciseID: ExerciseID, kind: RecordKind, value: Double) {
        self.exerciseID = exerciseID
        self.kind = kind
        self.value = value
    }
}

public enum RecordKind: String, Words {
    case heaviestWeight = "heaviest_weight"
    /// By Epley's formula: weight * (1 + reps / 30), from sets of at most 12 repetitions.
    case estimatedOneRepMax = "estimated_one_rep_max"
    /// Without weight.
    case mostReps = "most_reps"
}

public enum RepsRule: NumberRule { public static let range = 1...1000 }
public enum SetNumberRule: NumberRule { public static let range = 1...200 }
public typealias Reps = BoundedInt<RepsRule>
public typealias SetNumber = BoundedInt<SetNumberRule>

extension ProblemKind {
    public static let workoutCompleted = ProblemKind("workout-completed", 409, "This workout is completed")
    public static let setExists = ProblemKind("set-exists", 409, "This workout has a set of this number for the exercise")
}

public struct ListWorkouts: APIOperation {
    public static let route = Route.get("/v1/workouts")
    public static let summary = "List workouts, newest first; trainers see those they hold, and with member_id a member's of theirs"
    public static let access: Access = .any(.staff(.readTraining), .own(.trainer), .own(.member))
    public static let reads: MemberData? = .health

    public var memberID: PersonID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<Workout>

    public init(memberID: PersonID? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.memberID = memberID
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetWorkout: APIOperation {
    public static let route = Route.get("/v1/workouts/{workout_id}")
    public static let summary = "Read a workout"
    public static let access: Access = .any(.staff(.readTraining), .own(.trainer), .own(.member))
    public static let reads: MemberData? = .health

    public var workoutID: WorkoutID

    public typealias Output = Workout

    public init(workoutID: WorkoutID) { self.workoutID = workoutID }
}

public struct StartWorkout: APIOperation {
    public static let route = Route.post("/v1/workouts")
    public static let summary = "Start a workout outside a session"
    public static let access: Access = .any(.staff(.manageTraining), .own(.member))

    public struct Body: Codable, Sendable {
        /// Staff name a member; a member starts for self.
        public var memberID: PersonID?

        public init(memberID: PersonID? = nil) { self.memberID = memberID }
    }
    public typealias Output = Workout

    public init() {}
}

public struct LogSet: APIOperation {
    public static let route = Route.post("/v1/workouts/{workout_id}/sets")
    public static let summary = "Log a set"
    public static let access: Access = .any(.staff(.manageTraining), .own(.trainer), .own(.member))
    public static let problems: [ProblemKind] = [.workoutCompleted, .setExists]

    public var workoutID: WorkoutID

    public struct Body: Codable, Sendable {
        public var exerciseID: ExerciseID
        /// Left out: the next one of the exercise.
        public var setNumber: SetNumber?
        public var reps: Reps
        public var weightKg: Kilograms?
        public var rpe: Rating?

        public init(exerciseID: ExerciseID, setNumber: SetNumber? = nil, reps: Reps, weightKg: Kilograms? = nil, rpe: Rating? = nil) {
            self.exerciseID = exerciseID
            self.setNumber = setNumber
            self.reps = reps
            self.weightKg = weightKg
            self.rpe = rpe
        }
    }
    public typealias Output = WorkoutSet

    public init(workoutID: WorkoutID) { self.workoutID = workoutID }
}

public struct CompleteWorkout: APIOperation {
    public static let route = Route.post("/v1/workouts/{workout_id}/complete")
    public static let summary = "Complete a workout and find its personal records"
    public static let access: Access = .any(.staff(.manageTraining), .own(.trainer), .own(.member))
    public static let success = 200
    public static let problems: [ProblemKind] = [.workoutCompleted]

    public var workoutID: WorkoutID

    public typealias Output = Workout

    public init(workoutID: WorkoutID) { self.workoutID = workoutID }
}
