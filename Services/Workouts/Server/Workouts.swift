import AuthContract
import ContractKit
import FieldEncryption
import Messaging
import SchedulingContract
import ServiceKit
import WorkoutsContract

/// The exercise library, and what members do with it.
enum Workouts: PalestraService {
    typealias Contract = WorkoutsContract

    static let hears: [any Event.Type] = [
        PersonSaved.self, MemberAccessSaved.self, SessionCompleted.self, ErasureRequested.self, ExportRequested.self,
        PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let ring = try context.keyRing()
        let notes = SessionNoteRoutes(notes: SessionNoteStore(ring: ring))
        return ServiceParts(
            endpoints: ExerciseRoutes.all + WorkoutRoutes.all + notes.all + [
                .auditLog(of: WorkoutsContract.self), .organizationExport(of: Workouts.self, ring),
            ],
            reactions: [
                OnPersonSaved(), OnMemberAccessSaved(), OnSessionCompleted(), OnErasureRequested(), OnExportRequested(ring: ring),
                OnPersonMerged(notes: SessionNoteStore(ring: ring)),
            ],
            jobs: [.oldMasterKeys(ring)])
    }
}
