import AuthContract
import Messaging
import Postgres

/// Keeps what class types and sessions are checked against: the kind and the currency.
struct OnOrganizationCreated: Reaction {
    static let name = "scheduling.organization-copy"

    func react(to event: OrganizationCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            insert into organizations (organization_id, kind, currency, version)
            values (\(event.organizationID), \(event.kind), \(event.currency), \(event.version))
            on conflict (organization_id) do update
            set kind = excluded.kind, currency = excluded.currency, version = excluded.version
            -- An older state that arrives late changes nothing.
            where organizations.version < excluded.version
            """)
    }
}
