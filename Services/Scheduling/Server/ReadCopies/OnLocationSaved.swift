import AuthContract
import Messaging
import Postgres

/// Keeps where sessions can be held, and the zone their local times are told in.
struct OnLocationSaved: Reaction {
    static let name = "scheduling.location-copy"

    func react(to event: LocationSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            insert into locations (organization_id, location_id, time_zone, is_active, version)
            values (\(event.organizationID), \(event.locationID), \(event.timeZone), \(event.isActive), \(event.version))
            on conflict (organization_id, location_id) do update
            set time_zone = excluded.time_zone, is_active = excluded.is_active, version = excluded.version
            -- An older state that arrives late changes nothing.
            where locations.version < excluded.version
            """)
    }
}
