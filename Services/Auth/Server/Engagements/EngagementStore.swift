import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Which trainers work where.
struct EngagementStore: Sendable {
    func list(_ organization: OrganizationID, of trainer: PersonID, in tx: Transaction) async throws -> [Engagement] {
        let rows: [Row] = try await tx.query(
            "\(Self.selection) where organization_id = \(organization) and trainer_id = \(trainer) order by starts_on, engagement_id")
        return rows.map(\.engagement)
    }

    /// Nobody else changes it until the transaction ends.
    func hold(
        _ organization: OrganizationID, _ id: EngagementID, of trainer: PersonID, in tx: Transaction
    ) async throws -> Engagement? {
        try await tx.first(
            """
            \(Self.selection) where organization_id = \(organization) and engagement_id = \(id) and trainer_id = \(trainer) for update
            """, as: Row.self
        )?.engagement
    }

    /// - Throws: ``Problem`` `.alreadyEngaged`.
    func insert(_ engagement: Engagement, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        do {
            try await tx.execute(
                """
                insert into trainer_engagements (organization_id, engagement_id, trainer_id, location_id, role, status, starts_on, ends_on,
                    created_at, updated_at)
                values (\(organization), \(engagement.id), \(engagement.trainerID), \(engagement.locationID), \(engagement.role),
                    \(engagement.status), \(engagement.startsOn.rawValue)::date, \(engagement.endsOn?.rawValue)::date, \(now), \(now))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["trainer_engagements_pair_key": .alreadyEngaged])
        }
        try await tx.emit(engagement.said(organization))
    }

    /// Writes an engagement that was held, one version up.
    func save(_ engagement: Engagement, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws -> Engagement {
        var saved = engagement
        saved.version += 1
        try await tx.execute(
            """
            update trainer_engagements
            set role = \(saved.role), status = \(saved.status), starts_on = \(saved.startsOn.rawValue)::date,
                ends_on = \(saved.endsOn?.rawValue)::date, version = \(saved.version), updated_at = \(now)
            where organization_id = \(organization) and engagement_id = \(saved.id)
            """)
        try await tx.emit(saved.said(organization))
        return saved
    }

    /// Makes the engagements of somebody who turned out to be `kept` theirs. Where both worked, one engagement stays: it is active if either is.
    func merge(
        _ duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> (moved: Int, joined: Int) {
        let own = try await list(organization, of: kept, in: tx)
        var (moved, joined) = (0, 0)
        for var engagement in try await list(organization, of: duplicate, in: tx) {
            if var same = own.first(where: { $0.locationID == engagement.locationID }) {
                joined += 1
                guard engagement.status == .active, same.status == .ended else { continue }
                (same.role, same.status, same.startsOn, same.endsOn) = (engagement.role, .active, engagement.startsOn, engagement.endsOn)
                _ = try await save(same, organization, now: now, in: tx)
            } else {
                moved += 1
                engagement.trainerID = kept
                try await tx.execute(
                    "update trainer_engagements set trainer_id = \(kept) where organization_id = \(organization) and engagement_id = \(engagement.id)"
                )
                _ = try await save(engagement, organization, now: now, in: tx)
            }
        }
        return (moved, joined)
    }

    private static let selection: SQL = """
        select engagement_id, trainer_id, location_id, role, status, starts_on, ends_on, version from trainer_engagements
        """

    private struct Row: Decodable, Sendable {
        var engagementID: EngagementID
        var trainerID: PersonID
        var locationID: LocationID
        var role: EngagementRole
        var status: EngagementStatus
        var startsOn: LocalDay
        var endsOn: LocalDay?
        var version: Int64

        var engagement: Engagement {
            Engagement(
                id: engagementID, trainerID: trainerID, locationID: locationID, role: role, status: status, startsOn: startsOn,
                endsOn: endsOn, version: version)
        }
    }
}

extension Engagement {
    fileprivate func said(_ organization: OrganizationID) -> EngagementSaved {
        EngagementSaved(
            organizationID: organization, engagementID: id, trainerID: trainerID, locationID: locationID, status: status,
            startsOn: startsOn, endsOn: endsOn, version: version)
    }
}
