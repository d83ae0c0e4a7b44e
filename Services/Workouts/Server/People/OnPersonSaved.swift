import AuthContract
import Messaging
import Postgres

/// Someone was added, changed or removed: keeps who may have workouts, and who works under whom.
struct OnPersonSaved: Reaction {
    static let name = "workouts.on-person-saved"

    func react(to event: PersonSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            INSERT INTO people (organization_id, person_id, roles, is_active, parent_trainer_id, version)
            VALUES (\(event.organizationID), \(event.personID), \(event.roles)::text[], \(event.isActive), \(event.parentTrainerID),
                    \(event.version))
            ON CONFLICT (organization_id, person_id) DO UPDATE
            SET roles = excluded.roles, is_active = excluded.is_active, parent_trainer_id = excluded.parent_trainer_id,
                version = excluded.version
            WHERE people.version < excluded.version
            """)
    }
}
