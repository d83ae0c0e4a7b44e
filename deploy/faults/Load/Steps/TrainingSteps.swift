import ContractKit
import WorkoutsContract

/// Sets are logged in workouts that attendance has opened.
struct TrainingSteps {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    func train() async throws {
        guard let member = tenant.change({ $0.attended.randomElement() }) else { return }
        let list = await calls.make(ListWorkouts(memberID: member, limit: 10), "workouts", of: tenant, as: base.owner)
        guard case .ok(let page) = list, let workout = page.data.first(where: { $0.status == .open }) else { return }
        let sets = workout.exercises.reduce(0) { $0 + $1.sets.count }
        if sets >= 3 {
            _ = await calls.make(CompleteWorkout(workoutID: workout.id), "train-done", of: tenant, as: base.owner)
        } else {
            _ = await calls.make(
                LogSet(workoutID: workout.id),
                body: .init(exerciseID: base.exercise, reps: 5, weightKg: Kilograms(rawValue: Double(Int.random(in: 10...200)) / 2)), "set",
                of: tenant, as: base.owner)
        }
    }
}
