import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// Counts what the timetable holds.
struct LocationReportStore {
    let organizationID: OrganizationID
    let tx: Transaction

    /// The locations by their ids, and all together last.
    func count(from: Date, to: Date) async throws -> [CountedSessions] {
        try await tx.query(
            """
            -- One walk along the timetable and one look at the bookings, however many locations there are.
            with s as materialized (
                select id, location_id, status, capacity from sessions
                where organization_id = \(organizationID) and starts_at >= \(from) and starts_at < \(to)
            ), t as (
                select location_id, count(*) filter (where status = 'scheduled') as scheduled,
                    count(*) filter (where status = 'completed') as held, count(*) filter (where status = 'cancelled') as cancelled,
                    sum(capacity) filter (where status <> 'cancelled') as places
                from s
                group by grouping sets ((location_id), ())
            ), b as (
                select s.location_id, count(*) filter (where b.status = 'confirmed') as confirmed,
                    count(*) filter (where b.status = 'waitlisted') as waitlisted,
                    count(*) filter (where b.status = 'late_cancelled') as late_cancelled,
                    count(*) filter (where b.status = 'no_show') as no_shows,
                    count(*) filter (where b.status = 'confirmed' and s.status = 'completed') as attended,
                    count(distinct b.member_id) filter (where b.status in ('confirmed', 'late_cancelled', 'no_show')) as members
                from s join bookings b on b.organization_id = \(organizationID) and b.session_id = s.id
                -- A session that was called off offered no places, whatever became of its bookings before.
                where s.status <> 'cancelled'
                group by grouping sets ((s.location_id), ())
            ), l as (
                select location_id, time_zone, is_active from locations
                where organization_id = \(organizationID)
                    -- Sessions elsewhere are hidden from who works at some locations only; where they are is not.
                    and (app.location_ids() is null or location_id = any (app.location_ids()))
                union all
                select null, null, true
            )
            select l.location_id, l.time_zone, coalesce(t.scheduled, 0) as scheduled, coalesce(t.held, 0) as held,
                coalesce(t.cancelled, 0) as cancelled, coalesce(t.places, 0) as places, coalesce(b.confirmed, 0) as confirmed,
                coalesce(b.waitlisted, 0) as waitlisted, coalesce(b.late_cancelled, 0) as late_cancelled,
                coalesce(b.no_shows, 0) as no_shows, coalesce(b.attended, 0) as attended, coalesce(b.members, 0) as members
            from l
            left join t on t.location_id is not distinct from l.location_id
            left join b on b.location_id is not distinct from l.location_id
            where l.is_active or t.scheduled is not null
            order by l.location_id nulls last
            """)
    }
}
