import ContractKit
import Postgres
import ServiceKit

extension JobRun {
    /// Every organization in turn: tables under row-level security are worked on one tenant at a time.
    func forEachOrganization(_ body: @Sendable (OrganizationID) async throws -> Void) async throws {
        var last: OrganizationID?
        while true {
            let organizations: [OrganizationID] = try await transaction { [last] tx in
                try await tx.query(
                    """
                    select organization_id from organization_slugs
                    where \(last)::uuid is null or organization_id > \(last)::uuid
                    order by organization_id limit 100
                    """)
            }
            for organization in organizations { try await body(organization) }
            guard let end = organizations.last else { return }
            last = end
        }
    }
}
