import AuthContract
import Messaging
import Postgres

/// Keeps who may teach and who may book. Names and addresses, which the event carries sealed, are not kept.
struct OnPersonSaved: Reaction {
    static let name = "scheduling.person-copy"

    func react(to event: PersonSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            insert into people (organization_id, person_id, roles, is_active, version)
            values (\(event.organizationID), \(event.personID), \(event.roles)::text[], \(event.isActive), \(event.version))
            on conflict (organization_id, person_id) do update
            set roles = excluded.roles, is_active = excluded.is_active, version = excluded.version
            -- An older state that arrives late changes nothing.
            where people.version < excluded.version
            """)
    }
}
