import ContractKit
import Postgres

/// Counts the bookings of members with trainers. Those who say so know who is meant by their events alone.
enum BookedMembers {
    static func count(_ change: Int, of members: [PersonID], with trainer: PersonID?, _ organization: OrganizationID, in tx: Transaction) {
        guard let trainer, !members.isEmpty else { return }
        tx.later(
            """
            insert into booked_members as b (organization_id, trainer_id, member_id, bookings)
            -- In the order of ids, so that two events about the same people cannot wait for each other.
            select \(organization)::uuid, \(trainer)::uuid, member_id, \(change)::int
            from unnest(\(members)::uuid[]) as members (member_id) order by member_id
            on conflict (organization_id, trainer_id, member_id) do update set bookings = b.bookings + excluded.bookings
            """)
    }
}
