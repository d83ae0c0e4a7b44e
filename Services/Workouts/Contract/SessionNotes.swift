public import ContractKit
public import Foundation

public enum SessionNoteTag {}
public typealias SessionNoteID = Identifier<SessionNoteTag>

/// What a trainer noted of one member after a session: what the member says, what the trainer sees, what to make of it, what comes next.
public struct SessionNote: Codable, Sendable, Equatable, Versioned {
    public var id: SessionNoteID
    public var workoutID: WorkoutID
    public var sessionID: SessionID
    /// Who wrote it, and taught the session.
    public var trainerID: PersonID
    public var memberID: PersonID
    /// In the calendar of the place.
    public var sessionDate: LocalDay
    @Nullable public var subjective: Paragraph?
    @Nullable public var objective: Paragraph?
    @Nullable public var assessment: Paragraph?
    @Nullable public var plan: Paragraph?
    public var exercises: [NotedExercise]
    @Nullable public var measurements: NotedMeasurements?
    /// For trainers: a member's answer does not have it.
    public var privateNotes: Paragraph?
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: SessionNoteID, workoutID: WorkoutID, sessionID: SessionID, trainerID: PersonID, memberID: PersonID, sessionDate: LocalDay,
        subjective: Paragraph?, objective: Paragraph?, assessment: Paragraph?, plan: Paragraph?, exercises: [NotedExercise],
        measurements: NotedMeasurements?, privateNotes: Paragraph?, createdAt: Date, updatedAt: Date, version: Int64
    ) {
        self.id = id
        self.workoutID = workoutID
        self.sessionID = sessionID
        self.trainerID = trainerID
        self.memberID = memberID
        self.sessionDate = sessionDate
        self.subjective = subjective
        self.objective = objective
        self.assessment = assessment
        self.plan = plan
        self.exercises = exercises
        self.measurements = measurements
        self.privateNotes = privateNotes
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

extension SessionNote: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID, id: id.rawValue)] }
}

public enum NotedSetsRule: NumberRule { public static let range = 1...100 }

/// An exercise as a trainer notes it; it need not be in the library.
public struct NotedExercise: Codable, Sendable, Hashable {
    public var name: Line
    public var sets: BoundedInt<NotedSetsRule>
    public var reps: Reps
    public var weightKg: Kilograms?
    public var notes: Paragraph?

    public init(name: Line, sets: BoundedInt<NotedSetsRule>, reps: Reps, weightKg: Kilograms? = nil, notes: Paragraph? = nil) {
        self.name = name
        self.sets = sets
        self.reps = reps
        self.weightKg = weightKg
        self.notes = notes
    }
}

/// What was measured of a body after a session.
public struct NotedMeasurements: Codable, Sendable, Hashable {
    public var weightKg: Kilograms?
    public var bodyFatPercent: BodyFat?
    /// At most fifty.
    public var measurements: [NotedMeasurement]?

    public init(weightKg: Kilograms? = nil, bodyFatPercent: BodyFat? = nil, measurements: [NotedMeasurement]? = nil) {
        self.weightKg = weightKg
        self.bodyFatPercent = bodyFatPercent
        self.measurements = measurements
    }
}

/// A length of a body, by what it is called: `waist`.
public struct NotedMeasurement: Codable, Sendable, Hashable {
    public var name: Word
    public var centimetres: Centimetres

    public init(name: Word, centimetres: Centimetres) { (self.name, self.centimetres) = (name, centimetres) }
}

/// A share of fat in a body, 0 to 100 per cent, in steps of a tenth.
public struct BodyFat: RuledValue {
    public let tenths: Int
    public var rawValue: Double { Double(tenths) / 10 }

    public init?(rawValue: Double) {
        guard rawValue.isFinite, (0...100).contains(rawValue) else { return nil }
        tenths = Int((rawValue * 10).rounded())
    }

    public static let rule = "must be a share from 0 to 100 per cent"
    public static let schema: JSONValue = ["type": "number", "minimum": 0, "maximum": 100]
    public static var example: Self { Self(trusted: 200) }
    private init(trusted: Int) { tenths = trusted }
}

/// A length from 0 to 300 centimetres, in whole millimetres.
public struct Centimetres: RuledValue {
    public let millimetres: Int
    public var rawValue: Double { Double(millimetres) / 10 }

    public init?(rawValue: Double) {
        guard rawValue.isFinite, (0...300).contains(rawValue) else { return nil }
        millimetres = Int((rawValue * 10).rounded())
    }

    public static let rule = "must be a length from 0 to 300 centimetres"
    public static let schema: JSONValue = ["type": "number", "minimum": 0, "maximum": 300]
    public static var example: Self { Self(trusted: 800) }
    private init(trusted: Int) { millimetres = trusted }
}

/// Writes the whole note, the first time and again: what is left out is none.
public struct PutSessionNote: APIOperation {
    public static let route = Route.put("/v1/workouts/{workout_id}/note")
    public static let summary = "Write the note on a member's session; trainers write on sessions that they taught"
    public static let access: Access = .any(.own(.trainer))
    public typealias Output = SessionNote

    public var workoutID: WorkoutID

    public init(workoutID: WorkoutID) { self.workoutID = workoutID }

    public struct Body: Codable, Sendable {
        /// The day on which the session was held, in the calendar of the place.
        public var sessionDate: LocalDay
        public var subjective: Paragraph?
        public var objective: Paragraph?
        public var assessment: Paragraph?
        public var plan: Paragraph?
        /// At most fifty.
        public var exercises: [NotedExercise]?
        public var measurements: NotedMeasurements?
        /// For trainers: members never see it.
        public var privateNotes: Paragraph?

        public init(
            sessionDate: LocalDay, subjective: Paragraph? = nil, objective: Paragraph? = nil, assessment: Paragraph? = nil,
            plan: Paragraph? = nil, exercises: [NotedExercise]? = nil, measurements: NotedMeasurements? = nil,
            privateNotes: Paragraph? = nil
        ) {
            self.sessionDate = sessionDate
            self.subjective = subjective
            self.objective = objective
            self.assessment = assessment
            self.plan = plan
            self.exercises = exercises
            self.measurements = measurements
            self.privateNotes = privateNotes
        }
    }
}

/// 404 until it is written.
public struct GetSessionNote: APIOperation {
    public static let route = Route.get("/v1/workouts/{workout_id}/note")
    public static let summary = "Read the note on a session: the member it is about, and those who train them"
    public static let access: Access = .any(.own(.trainer), .own(.member))
    public static let reads: MemberData? = .health
    public typealias Output = SessionNote

    public var workoutID: WorkoutID

    public init(workoutID: WorkoutID) { self.workoutID = workoutID }
}

public struct ListSessionNotes: APIOperation {
    public static let route = Route.get("/v1/session-notes")
    public static let summary =
        "List session notes, the latest first; trainers see those they wrote, and with member_id a member's of theirs"
    public static let access: Access = .any(.own(.trainer), .own(.member))
    public static let reads: MemberData? = .health
    public typealias Output = Page<SessionNote>

    public var memberID: PersonID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(memberID: PersonID? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.memberID = memberID
        self.limit = limit
        self.cursor = cursor
    }
}
