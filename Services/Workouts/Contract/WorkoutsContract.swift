public import ContractKit

public enum WorkoutsContract: ServiceContract {
    public static let name = "workouts"
    public static let summary = "The exercise library, workouts, sets, personal records and session notes"
    public static let operations: [any APIOperation.Type] = [
        ListExercises.self, GetExercise.self, CreateExercise.self, ImportExercises.self,
        ListWorkouts.self, GetWorkout.self, StartWorkout.self, LogSet.self, CompleteWorkout.self,
        PutSessionNote.self, GetSessionNote.self, ListSessionNotes.self,
        ListAuditLog<Self>.self, ExportOrganization<Self>.self,
    ]
    public static let events: [any Event.Type] = [
        WorkoutCompleted.self, PersonErased<Self>.self, PersonExported<Self>.self, PersonMergeDone<Self>.self,
    ]
}
