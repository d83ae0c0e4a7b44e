import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

/// What somebody did lately in each of their login sessions, read off the audit log: nothing is written for it.
struct RecentActions: Sendable {
    static let perSession = 5
    /// So many rows of the person are looked at, by the index on whose they are, and none older than so many days.
    private static let rows = 500
    private static let days = 30

    private let bySession: [LoginSessionID: [RecentAction]]

    init(of caller: Caller, now: Date, in tx: Transaction) async throws {
        let since = now.addingTimeInterval(-Double(Self.days) * 24 * 3600)
        // One request may leave many rows.
        let actions: [Row] = try await tx.query(
            """
            select login_session_id, by as operation, max(created_at) as at from (
                select login_session_id, by, request, created_at from audit_log
                where organization_id = \(caller.organizationID) and actor_id = \(caller.personID) and created_at > \(since)
                order by created_at desc, seq desc limit \(Self.rows)) recent
            where login_session_id is not null
            group by login_session_id, by, request order by at desc
            """)
        bySession = Dictionary(grouping: actions, by: \.loginSessionID).mapValues { rows in
            rows.prefix(Self.perSession).map { RecentAction(operation: $0.operation, at: $0.at) }
        }
    }

    subscript(session: LoginSessionID) -> [RecentAction] { bySession[session] ?? [] }

    private struct Row: Decodable, Sendable {
        var loginSessionID: LoginSessionID
        var operation: String
        var at: Date
    }
}
