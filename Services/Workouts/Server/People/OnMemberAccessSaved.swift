import AuthContract
import Messaging
import Postgres

/// A trainer was assigned to a member or granted to see one, or that ended: keeps whose workouts trainers see.
struct OnMemberAccessSaved: Reaction {
    static let name = "workouts.on-member-access-saved"

    func react(to event: MemberAccessSaved, _ occasion: Occasion, in tx: Transaction) async throws {
        tx.later(
            """
            INSERT INTO member_access (organization_id, access_id, trainer_id, member_id, is_assigned, is_active, version)
            VALUES (\(event.organizationID), \(event.accessID), \(event.trainerID), \(event.memberID), \(event.kind == .assigned),
                    \(event.isActive), \(event.version))
            ON CONFLICT (organization_id, access_id) DO UPDATE
            SET is_active = excluded.is_active, version = excluded.version
            WHERE member_access.version < excluded.version
            """)
    }
}
