public import ContractKit

/// One exercise of an organization's library.
public struct Exercise: Codable, Sendable, Versioned {
    public var id: ExerciseID
    public var name: String
    public var synonyms: [String]
    public var level: ExerciseLevel
    public var type: ExerciseType
    @Nullable public var equipment: String?
    public var primaryMuscles: [String]
    public var secondaryMuscles: [String]
    /// The steps, in order.
    public var instructions: [String]
    public var images: [String]
    public var version: Int64

    public init(
        id: ExerciseID, name: String, synonyms: [String], level: ExerciseLevel, type: ExerciseType, equipment: String?,
        primaryMuscles: [String], secondaryMuscles: [String], instructions: [String], images: [String], version: Int64
    ) {
        self.id = id
        self.name = name
        self.synonyms = synonyms
        self.level = level
        self.type = type
        self.equipment = equipment
        self.primaryMuscles = primaryMuscles
        self.secondaryMuscles = secondaryMuscles
        self.instructions = instructions
        self.images = images
        self.version = version
    }
}

public enum ExerciseLevel: String, Words {
    case beginner, intermediate, advanced
}

public enum ExerciseType: String, Words {
    case strength, cardio, flexibility, balance, functional
}

public enum WordRule: TextRule {
    public static let length = 1...60
    public static let allowsLineBreaks = false
}

public enum StepRule: TextRule {
    public static let length = 1...2_000
    public static let allowsLineBreaks = true
}

/// A muscle, a piece of equipment: `middle back`, `e-z curl bar`.
public typealias Word = BoundedText<WordRule>
/// One step of an instruction.
public typealias Step = BoundedText<StepRule>

extension ProblemKind {
    public static let exerciseExists = ProblemKind("exercise-exists", 409, "The library has an exercise of this name")
}

public struct ListExercises: APIOperation {
    public static let route = Route.get("/v1/exercises")
    public static let summary = "Search the exercise library; spelling mistakes are forgiven"
    public static let access: Access = .signedIn

    /// A name, a synonym or a try at one. The best matches come first; without it, the list is by name.
    public var q: SearchText?
    /// Primary or secondary.
    public var muscle: Word?
    public var equipment: Word?
    public var level: ExerciseLevel?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<Exercise>

    public init(
        q: SearchText? = nil, muscle: Word? = nil, equipment: Word? = nil, level: ExerciseLevel? = nil, limit: PageLimit? = nil,
        cursor: Cursor? = nil
    ) {
        self.q = q
        self.muscle = muscle
        self.equipment = equipment
        self.level = level
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetExercise: APIOperation {
    public static let route = Route.get("/v1/exercises/{exercise_id}")
    public static let summary = "Read an exercise"
    public static let access: Access = .signedIn

    public var exerciseID: ExerciseID

    public typealias Output = Exercise

    public init(exerciseID: ExerciseID) { self.exerciseID = exerciseID }
}

public struct CreateExercise: APIOperation {
    public static let route = Route.post("/v1/exercises")
    public static let summary = "Add an exercise to the library"
    public static let access: Access = .any(.staff(.manageTraining))
    public static let problems: [ProblemKind] = [.exerciseExists]

    public struct Body: Codable, Sendable {
        public var name: Line
        public var synonyms: [Line]?
        public var level: ExerciseLevel
        public var type: ExerciseType
        public var equipment: Word?
        public var primaryMuscles: [Word]?
        public var secondaryMuscles: [Word]?
        /// At least one step.
        public var instructions: [Step]

        public init(
            name: Line, synonyms: [Line]? = nil, level: ExerciseLevel, type: ExerciseType, equipment: Word? = nil,
            primaryMuscles: [Word]? = nil, secondaryMuscles: [Word]? = nil, instructions: [Step]
        ) {
            self.name = name
            self.synonyms = synonyms
            self.level = level
            self.type = type
            self.equipment = equipment
            self.primaryMuscles = primaryMuscles
            self.secondaryMuscles = secondaryMuscles
            self.instructions = instructions
        }
    }
    public typealias Output = Exercise

    public init() {}
}
