public import ContractKit

public enum WorkoutsContract: ServiceContract {
    public static let name = "workouts"
    public static let summary = "The exercise library, workouts, sets and personal records"
    public static let operations: [any APIOperation.Type] = [
        ListExercises.self, GetExercise.self, CreateExercise.self, ImportExercises.self,
        ListWorkouts.self, GetWorkout.self, StartWorkout.self, LogSet.self, CompleteWorkout.self,
        ListAuditLog<Self>.self,
    ]
    public static let events: [any Event.Type] = [WorkoutCompleted.self, PersonErased<Self>.self, PersonMergeDone<Self>.self]
}
