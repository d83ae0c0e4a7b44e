public import ContractKit

/// A member or trainer finished a workout.
public struct WorkoutCompleted: Event, Equatable {
    public static let type = "workouts.workout.completed.v1"
    public static let summary = "A member or trainer finished a workout"

    public var organizationID: OrganizationID
    public var workoutID: WorkoutID
    public var memberID: PersonID
    public var sessionID: SessionID?
    public var setCount: Int
    /// The exercises in which a personal record fell.
    public var records: [ExerciseID]
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("workout", workoutID, version: version) }

    public init(
        organizationID: OrganizationID, workoutID: WorkoutID, memberID: PersonID, sessionID: SessionID? = nil, setCount: Int,
        records: [ExerciseID], version: Int64
    ) {
        self.organizationID = organizationID
        self.workoutID = workoutID
        self.memberID = memberID
        self.sessionID = sessionID
        self.setCount = setCount
        self.records = records
        self.version = version
    }
}
