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
        let (erasure, deeds) = try await Workouts.erase(event.personID, event.organizationID, in: tx)
        try await tx.emit(erasure.answer(WorkoutsContract.self, to: event.erasureRequestID, deeds))
    }
}

extension Workouts {
    static func erase(
        _ person: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> (erasure: PersonErasure, deeds: [ErasureDeed]) {
        let erasure = PersonErasure(of: person, in: organization, from: tables, tx)
        try await erasure.begin()
        return (erasure, try await erasure.finish())
    }

    static let tables: [PersonalTable] =
        [
            .nobodys("exercises", "the library"),
            .parts("sets", of: "workouts", by: "workout_id", key: "set_id"),
            .rows("personal_records", ["member_id": .deleted]),
            .rows("workouts", ["member_id": .deleted, "trainer_id": .blanked]).merging(.moved(counts: true)),
            .rows("member_access", ["member_id": .deleted, "trainer_id": .deleted]),
            .rows("people", ["person_id": .deleted, "parent_trainer_id": .blanked]).merging(.settled),
        ] + PersonalTable.ofEveryService
}
