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

    /// Whether somebody is known who is no active member, or is somebody else by now.
    ///
    /// False for an active member: who asks because a place could not be taken sees one who arrived after that.
    func isNoMember(_ id: PersonID) async throws -> Bool {
        try await tx.one(
            """
            select exists (
                    select from people
                    where organization_id = \(organizationID) and person_id = \(id) and not (is_active and 'member' = any(roles))
                )
                or exists (select from merged_people where organization_id = \(organizationID) and person_id = \(id))
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
