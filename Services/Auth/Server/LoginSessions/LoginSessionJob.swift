import ContractKit
import Postgres
import ServiceKit

extension Job {
    /// What ended or ran out a month ago is of no use to anybody, and holds where somebody was.
    static let expiredLoginSessions = Job("expired-login-sessions", every: .seconds(3600)) { run in
        var last: OrganizationID?
        while true {
            let organizations: [OrganizationID] = try await run.transaction { [last] tx in
                try await tx.query(
                    """
                    select organization_id from organization_slugs
                    where \(last)::uuid is null or organization_id > \(last)::uuid
                    order by organization_id limit 100
                    """)
            }
            for organization in organizations {
                while try await run.transaction(as: Tenant(organization), { try await delete(of: organization, in: $0) }) == portion {}
            }
            guard let end = organizations.last else { return }
            last = end
        }
    }

    private static let portion = 1000

    private static func delete(of organization: OrganizationID, in tx: Transaction) async throws -> Int {
        try await tx.execute(
            """
            delete from login_sessions where organization_id = \(organization) and login_session_id = any (array(
                select login_session_id from login_sessions
                where organization_id = \(organization) and expires_at < now() - interval '30 days'
                order by expires_at limit \(portion)))
            """)
    }
}
