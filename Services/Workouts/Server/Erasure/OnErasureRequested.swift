import AuthContract
import ContractKit
import Messaging
import Postgres
import ServiceKit
import WorkoutsContract

/// Somebody is to be erased: what they lifted goes; workouts that they led as a trainer are their members'.
struct OnErasureRequested: Reaction {
    static let name = "workouts.on-erasure-requested"

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let erasure = PersonErasure(of: event.personID, in: event.organizationID, from: Workouts.tables, tx)
        try await erasure.begin()
        try await tx.emit(erasure.answer(WorkoutsContract.self, to: event.erasureRequestID, try await erasure.finish()))
    }
}

extension Workouts {
    static let tables: [PersonalTable] =
        [
            .nobodys("exercises", "the library"),
            .parts("sets", of: "workouts", by: "workout_id", key: "set_id"),
            .rows("personal_records", ["member_id": .deleted]),
            .rows("workouts", ["member_id": .deleted, "trainer_id": .blanked]).merelyNaming("trainer_id"),
            .rows("member_access", ["member_id": .deleted, "trainer_id": .deleted]),
            .rows("people", ["person_id": .deleted, "parent_trainer_id": .blanked]).merelyNaming("parent_trainer_id"),
        ] + PersonalTable.ofEveryService
}
