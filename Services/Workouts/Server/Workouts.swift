import AuthContract
import ContractKit
import Messaging
import SchedulingContract
import ServiceKit
import WorkoutsContract

/// The exercise library, and what members do with it.
enum Workouts: PalestraService {
    typealias Contract = WorkoutsContract

    static let hears: [any Event.Type] = [
        PersonSaved.self, MemberAccessSaved.self, SessionCompleted.self, ErasureRequested.self,
        PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        ServiceParts(
            endpoints: ExerciseRoutes.all + WorkoutRoutes.all + [.auditLog(of: WorkoutsContract.self)],
            reactions: [OnPersonSaved(), OnMemberAccessSaved(), OnSessionCompleted(), OnErasureRequested(), OnPersonMerged()])
    }
}
