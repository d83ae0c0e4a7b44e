import ContractKit
import Foundation
import Postgres
import SchedulingContract

struct SessionStore {
    let organizationID: OrganizationID
    let tx: Transaction

    /// - Throws: ``Problem`` `trainer-unavailable` when the trainer's time is taken.
    func insert(_ session: Session) async throws {
        let inserted = try await tx.execute(
            """
            insert into sessions (
                organization_id, id, class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, price_amount, currency,
                created_at, updated_at, version
            ) values (
                \(organizationID), \(session.id), \(session.classTypeID), \(session.trainerID), \(session.locationID), \(session.status),
                \(session.startsAt), \(session.endsAt), \(session.capacity), \(session.price.amount), \(session.price.currency),
                \(session.createdAt), \(session.createdAt), \(session.version)
            )
            -- Two plain inserts that overlap may wait for each other until the deadlock check; these wait in turn.
            on conflict on constraint sessions_one_per_trainer do nothing
            """)
        guard inserted == 1 else { throw Problem(.trainerUnavailable) }
    }

    func find(_ id: SessionID) async throws -> Session? {
        try await tx.first(
            """
            select \(SessionRow.columns)
            from sessions s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where s.organization_id = \(organizationID) and s.id = \(id)
            """, as: SessionRow.self
        )?.session
    }

    /// The session, held until the transaction ends: nobody else books, cancels or completes meanwhile.
    func lock(_ id: SessionID) async throws -> Session? {
        try await tx.first(
            """
            select \(SessionRow.columns)
            from sessions s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where s.organization_id = \(organizationID) and s.id = \(id)
            for update of s
            """, as: SessionRow.self
        )?.session
    }

    /// By start, from the one after `last`; `count` at most.
    func list(_ filter: ListSessions, after last: (Date, SessionID)?, count: Int) async throws -> [Session] {
        // Conditions that are not asked for are left out, not switched off by a parameter: each form has its own plan and index.
        // And they are plain comparisons: behind row-level security a range operator or coalesce() would be no use to the index.
        let isFrom: SQL = filter.from.map { "and starts_at >= \($0)" } ?? ""
        let isUntil: SQL = filter.to.map { "and starts_at < \($0)" } ?? ""
        let isLater: SQL = last.map { "and (starts_at, id) > (\($0), \($1))" } ?? ""
        let isThere: SQL = filter.locationID.map { "and location_id = \($0)" } ?? ""
        let isTheirs: SQL = filter.trainerID.map { "and trainer_id = \($0)" } ?? ""
        return try await tx.query(
            """
            -- The page is cut before anything is joined to it.
            with page as materialized (
                select * from sessions
                where organization_id = \(organizationID) \(isFrom) \(isUntil) \(isLater) \(isThere) \(isTheirs)
                order by starts_at, id
                limit \(count)
            )
            select \(SessionRow.columns)
            from page s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            order by s.starts_at, s.id
            """, as: SessionRow.self
        ).map(\.session)
    }
}
