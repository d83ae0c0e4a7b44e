import AuthContract
import ContractKit
import Messaging
import Postgres
import ServiceKit
import WorkoutsContract

/// Somebody is to be erased: what they lifted goes, and what was noted of them; what they led or noted as a trainer is their members'.
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
            .rows(
                "session_notes", ["member_id": .deleted, "trainer_id": .pseudonymized], "a note is its member's, whoever wrote it"),
            .rows("person_keys", ["person_id": .deleted]),
            .rows("workouts", ["member_id": .deleted, "trainer_id": .blanked]),
            .rows("member_access", ["member_id": .deleted, "trainer_id": .deleted]),
            .rows("people", ["person_id": .deleted, "parent_trainer_id": .blanked]),
        ] + PersonalTable.ofEveryService
}
