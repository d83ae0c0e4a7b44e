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
            .rows(
                "session_notes", ["member_id": .deleted, "trainer_id": .pseudonymized], "a note is its member's, whoever wrote it"
            )
            .opening(
                ofNote("subjective"), ofNote("objective"), ofNote("assessment"), ofNote("plan"), ofNote("exercises", isJSON: true),
                ofNote("measurements", isJSON: true)
            )
            .without(["private_notes": "what trainers keep to themselves"])
            .merelyNaming("trainer_id")
            .merging(.settled),
            .rows("person_keys", ["person_id": .deleted]).without(["wrapped": "a key"])
                .merging(.settled),
            .rows("workouts", ["member_id": .deleted, "trainer_id": .blanked]).merelyNaming("trainer_id")
                .merging(.moved(counts: true)),
            .rows("member_access", ["member_id": .deleted, "trainer_id": .deleted]),
            .rows("people", ["person_id": .deleted, "parent_trainer_id": .blanked]).merelyNaming("parent_trainer_id")
                .merging(.settled),
        ] + PersonalTable.ofEveryService

    private static func ofNote(_ column: String, isJSON: Bool = false) -> SealedColumn {
        .person(column, of: "member_id", isJSON: isJSON) {
            SessionNoteStore.context(column, $0.organizationID, $0.text("note_id"))
        }
    }
}
