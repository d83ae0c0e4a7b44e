import AuthContract
import ContractKit
import Messaging
import Postgres

/// Someone was added, changed or removed: keeps the sealed name and address; of a removed person, neither.
struct OnPersonSaved: Reaction {
    static let name = "notifications.on-person-saved"

    func react(to event: PersonSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        let name = event.isActive ? event.fullName.rawValue : ""
        let email = event.isActive ? event.email : nil
        tx.later(
            """
            INSERT INTO people (organization_id, person_id, full_name, email, is_active, version)
            VALUES (\(event.organizationID), \(event.personID), \(name), \(email), \(event.isActive), \(event.version))
            ON CONFLICT (organization_id, person_id) DO UPDATE
            SET full_name = excluded.full_name, email = excluded.email, is_active = excluded.is_active, version = excluded.version
            WHERE people.version < excluded.version
            """)
    }
}
