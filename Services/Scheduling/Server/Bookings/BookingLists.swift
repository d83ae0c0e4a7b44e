import ContractKit
import Postgres
import SchedulingContract

/// Reads bookings by session and by member.
struct BookingLists {
    let organizationID: OrganizationID
    let tx: Transaction

    /// In the order they were made, from the one after arrival `last`; `count` at most. `memberID`: only that member's.
    func ofSession(_ id: SessionID, memberID: PersonID?, after last: Int, count: Int) async throws -> [BookingRow] {
        try await tx.query(
            """
            select \(BookingRow.columns)
            from bookings b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where b.organization_id = \(organizationID) and b.session_id = \(id) and b.arrival > \(last)
                and (\(memberID)::uuid is null or b.member_id = \(memberID)::uuid)
            order by b.arrival
            limit \(count)
            """)
    }

    /// Newest first, from the one before `last`; `count` at most. `memberID`: only that member's.
    func newest(memberID: PersonID?, before last: BookingID?, count: Int) async throws -> [BookingRow] {
        try await tx.query(
            """
            select \(BookingRow.columns)
            from bookings b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where b.organization_id = \(organizationID)
                -- Ids are made in the order of time.
                and (\(last)::uuid is null or b.id < \(last)::uuid)
                and (\(memberID)::uuid is null or b.member_id = \(memberID)::uuid)
            order by b.id desc
            limit \(count)
            """)
    }
}
