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

    /// Adds what was counted of somebody who turned out to be `kept` to what is counted of those. - Returns: how many rows that were.
    static func merge(
        _ duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> Int {
        try await tx.execute(
            """
            insert into booked_members as b (organization_id, trainer_id, member_id, bookings)
            select organization_id, trainer_id, member_id, sum(bookings)::int from (
                select organization_id, case trainer_id when \(duplicate) then \(kept)::uuid else trainer_id end as trainer_id,
                    case member_id when \(duplicate) then \(kept)::uuid else member_id end as member_id, bookings
                from booked_members
                where organization_id = \(organization) and (trainer_id = \(duplicate) or member_id = \(duplicate))
            ) theirs
            group by organization_id, trainer_id, member_id order by trainer_id, member_id
            on conflict (organization_id, trainer_id, member_id) do update set bookings = b.bookings + excluded.bookings
            """)
        return try await tx.execute(
            """
            delete from booked_members
            where organization_id = \(organization) and (trainer_id = \(duplicate) or member_id = \(duplicate))
            """)
    }
}
