public import ContractKit

/// Takes the public free-exercise-db file (github.com/yuhonas/free-exercise-db, `dist/exercises.json`) as it is.
///
/// A row is known again by its `id`, so a second run of the same file changes nothing. A row that breaks a rule of the
/// library (five of the file's 873 have no instructions) is rejected and named; the others are taken.
public struct ImportExercises: APIOperation {
    public static let route = Route.post("/v1/exercises/import")
    public static let summary = "Import the free-exercise-db file into the library"
    public static let access: Access = .any(.staff(.manageTraining))
    public static let success = 200
    /// The public file has a megabyte.
    public static let bodyLimit = 4 << 20

    public typealias Body = ExerciseFile

    public struct Output: Codable, Sendable {
        public var imported: Int
        public var updated: Int
        public var rejected: [RejectedRow]

        public init(imported: Int, updated: Int, rejected: [RejectedRow]) {
            self.imported = imported
            self.updated = updated
            self.rejected = rejected
        }
    }

    public init() {}
}

/// The rows of a file, of which the public one has 873. The answer names each bad one, so their number is bounded before they are looked at.
public struct ExerciseFile: Codable, Sendable {
    public static let longest = 2000
    public var rows: [Checked<ExerciseRow>]

    public init(_ rows: [Checked<ExerciseRow>]) { self.rows = rows }

    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        rows = []
        while !container.isAtEnd {
            guard rows.count < Self.longest else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "must hold at most \(Self.longest) exercises")
            }
            rows.append(try container.decode(Checked<ExerciseRow>.self))
        }
    }

    public func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }
}

public enum StepOrNothingRule: TextRule {
    public static let length = 0...2_000
    public static let allowsLineBreaks = true
}

/// A step as the file may hold it: with no words at all.
public typealias StepOrNothing = BoundedText<StepOrNothingRule>

/// One row of the file, in the file's own words.
public struct ExerciseRow: Codable, Sendable {
    public var id: Line
    public var name: Line
    public var level: Level
    public var category: Category
    public var equipment: Word?
    public var primaryMuscles: [Word]
    public var secondaryMuscles: [Word]
    /// An empty step, of which the file has two, is left out.
    public var instructions: [StepOrNothing]
    public var images: [Line]?

    public enum Level: String, Words {
        case beginner, intermediate, expert
    }

    public enum Category: String, Words {
        case strength, stretching, plyometrics, strongman, powerlifting, cardio
        case olympicWeightlifting = "olympic weightlifting"
    }

    public init(
        id: Line, name: Line, level: Level, category: Category, equipment: Word? = nil, primaryMuscles: [Word],
        secondaryMuscles: [Word], instructions: [StepOrNothing], images: [Line]? = nil
    ) {
        self.id = id
        self.name = name
        self.level = level
        self.category = category
        self.equipment = equipment
        self.primaryMuscles = primaryMuscles
        self.secondaryMuscles = secondaryMuscles
        self.instructions = instructions
        self.images = images
    }
}

public struct RejectedRow: Codable, Sendable, Hashable {
    /// The row's place in the file, from 0.
    public var index: Int
    /// A JSON pointer into the file: `#/357/instructions`.
    public var pointer: String
    public var detail: String

    public init(index: Int, pointer: String, detail: String) {
        self.index = index
        self.pointer = pointer
        self.detail = detail
    }
}
