import ContractKit
import Postgres
import SchedulingContract

/// Reads bookings by session and by member.
struct BookingLists {
    let organizationID: OrganizationID
    let tx: Transaction

    /// In the order they were made, from the one after arrival `last`; `count` at most. `memberID`: only that member's.
    func ofSession(_ id: SessionID, memberID: PersonID?, after last: Int, count: Int) async throws -> [BookingRow] {
        let isTheirs: SQL = memberID.map { "and member_id = \($0)" } ?? ""
        return try await tx.query(
            """
            with page as materialized (
                select * from bookings
                where organization_id = \(organizationID) and session_id = \(id) and arrival > \(last) \(isTheirs)
                order by arrival
                limit \(count)
            )
            select \(BookingRow.columns)
            from page b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            order by b.arrival
            """)
    }

    /// Newest first, from the one before `last`; `count` at most. `memberID`: only that member's.
    func newest(memberID: PersonID?, before last: BookingID?, count: Int) async throws -> [BookingRow] {
        // Ids are made in the order of time.
        let isOlder: SQL = last.map { "and id < \($0)" } ?? ""
        let isTheirs: SQL = memberID.map { "and member_id = \($0)" } ?? ""
        return try await tx.query(
            """
            with page as materialized (
                select * from bookings
                where organization_id = \(organizationID) \(isOlder) \(isTheirs)
                order by id desc
                limit \(count)
            )
            select \(BookingRow.columns)
            from page b
            join sessions s on s.organization_id = b.organization_id and s.id = b.session_id
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            order by b.id desc
            """)
    }
}
