import AuthContract
import Messaging
import Postgres

/// Keeps where trainers work: who has left a place holds no new sessions there.
struct OnEngagementSaved: Reaction {
    static let name = "scheduling.engagement-copy"

    func react(to event: EngagementSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            insert into trainer_engagements (organization_id, engagement_id, trainer_id, location_id, is_active, starts_on, ends_on, version)
            values (\(event.organizationID), \(event.engagementID), \(event.trainerID), \(event.locationID), \(event.status == .active),
                \(event.startsOn)::date, \(event.endsOn)::date, \(event.version))
            on conflict (organization_id, engagement_id) do update
            set is_active = excluded.is_active, starts_on = excluded.starts_on, ends_on = excluded.ends_on, version = excluded.version
            -- An older state that arrives late changes nothing.
            where trainer_engagements.version < excluded.version
            """)
    }
}
