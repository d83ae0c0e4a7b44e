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
    func list(_ filter: ListSessions, after last: (startsAt: Date, id: SessionID)?, count: Int) async throws -> [Session] {
        try await tx.query(
            """
            select \(SessionRow.columns)
            from sessions s
            join class_types c on c.organization_id = s.organization_id and c.id = s.class_type_id
            join locations l on l.organization_id = s.organization_id and l.location_id = s.location_id
            where s.organization_id = \(organizationID)
                -- Plain comparisons: behind row-level security a range operator would not use the index.
                and s.starts_at >= coalesce(\(filter.from)::timestamptz, '-infinity')
                and s.starts_at < coalesce(\(filter.to)::timestamptz, 'infinity')
                and (s.starts_at, s.id) > (
                    coalesce(\(last?.startsAt)::timestamptz, '-infinity'),
                    coalesce(\(last?.id)::uuid, '00000000-0000-0000-0000-000000000000')
                )
                and (\(filter.locationID)::uuid is null or s.location_id = \(filter.locationID)::uuid)
                and (\(filter.trainerID)::uuid is null or s.trainer_id = \(filter.trainerID)::uuid)
            order by s.starts_at, s.id
            limit \(count)
            """, as: SessionRow.self
        ).map(\.session)
    }
}
