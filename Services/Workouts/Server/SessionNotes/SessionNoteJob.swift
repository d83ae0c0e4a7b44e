import ContractKit
import FieldEncryption
import Postgres
import ServiceKit

extension Job {
    /// Brings members' keys under the master key that seals now: after a whole run an older one may go.
    static func oldMasterKeys(_ ring: KeyRing) -> Job {
        Job("old-master-keys", every: .seconds(6 * 3600)) { run in
            let keys = PersonKeys(ring, service: "workouts")
            let head = try ring.head()
            let organizations: [OrganizationID] = try await run.transaction { tx in
                try await tx.query("SELECT organizations_with_old_keys(\(head))")
            }
            for organization in organizations {
                while try await run.transaction(as: Tenant(organization), { try await keys.rewrapSome(of: organization, in: $0) }) {}
            }
        }
    }
}
