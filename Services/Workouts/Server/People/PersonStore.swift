import ContractKit
import Postgres

/// The read copy of people.
struct PersonStore {
    let tx: Transaction
    let organizationID: OrganizationID

    /// Whether the person is an active member; nil when nothing is known of them here.
    func isActiveMember(_ id: PersonID) async throws -> Bool? {
        struct Row: Decodable, Sendable { var isActiveMember: Bool }
        let row: Row? = try await tx.first(
            """
            SELECT is_active AND 'member' = ANY (roles) AS is_active_member FROM people
            WHERE organization_id = \(organizationID) AND person_id = \(id)
            """)
        return row?.isActiveMember
    }

    /// Whether the member is one of the trainer's: their own, granted to them, or the team's.
    func sees(_ trainer: PersonID, _ member: PersonID) async throws -> Bool {
        try await tx.one("SELECT \(member)::uuid IN (SELECT members_seen_by(\(organizationID), \(trainer)))")
    }
}
