import ContractKit
import Postgres

/// Reads the copies of what auth owns; the reactions beside this file write them.
struct ReadCopyStore {
    let organizationID: OrganizationID
    let tx: Transaction

    func organization() async throws -> OrganizationCopy? {
        try await tx.first("select kind, currency from organizations where organization_id = \(organizationID)")
    }

    func location(_ id: LocationID) async throws -> LocationCopy? {
        try await tx.first(
            "select time_zone, is_active from locations where organization_id = \(organizationID) and location_id = \(id)")
    }

    func person(_ id: PersonID) async throws -> PersonCopy? {
        try await tx.first("select roles, is_active from people where organization_id = \(organizationID) and person_id = \(id)")
    }

    /// Whether the person is an active member; nil when nothing is known of them here. Who was merged into somebody else is none.
    func isActiveMember(_ id: PersonID) async throws -> Bool? {
        try await tx.first(
            """
            select bool_and(is_member)
            from (
                select is_active and 'member' = any(roles) as is_member from people
                where organization_id = \(organizationID) and person_id = \(id)
                union all
                select false from merged_people where organization_id = \(organizationID) and person_id = \(id)
            ) known
            having count(*) > 0
            """)
    }

    /// Nil when nothing was ever said about that trainer at that location.
    func engagement(of trainer: PersonID, at location: LocationID) async throws -> EngagementCopy? {
        try await tx.first(
            """
            select is_active, starts_on, ends_on from trainer_engagements
            where organization_id = \(organizationID) and trainer_id = \(trainer) and location_id = \(location)
            """)
    }
}
