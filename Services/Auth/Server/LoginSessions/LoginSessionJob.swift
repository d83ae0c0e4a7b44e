import ContractKit
import Postgres
import ServiceKit

extension Job {
    /// What ended or ran out a month ago is of no use to anybody, and holds where somebody was.
    static let expiredLoginSessions = Job("expired-login-sessions", every: .seconds(3600)) { run in
        try await run.forEachOrganization { organization in
            while try await run.transaction(as: Tenant(organization), { try await delete(of: organization, in: $0) }) == portion {}
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
