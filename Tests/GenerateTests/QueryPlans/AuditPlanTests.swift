import BillingContract
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import BillingServer

/// The look-ups of the audit log, over three months of many rows: one in the default partition, this one and the next.
@Suite struct AuditPlanTests {
    private let organization = OrganizationID(rawValue: Self.id(1))
    private static func id(_ number: Int) -> UUID {
        UUID(uuidString: String(format: "00000000-0000-7000-8000-%012d", number)) ?? UUID()
    }

    /// Ids are numbers, written as UUIDs.
    private func fill(_ stored: TestDatabase) async throws {
        try await stored.sql(
            """
            create function public.id(n int) returns uuid language sql return ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid;
            insert into billing.audit_log
                (organization_id, created_at, action, actor_id, by, record_type, record_id, access, purpose)
            select public.id(1 + n % 5), date_trunc('month', now()) + make_interval(months => n % 3 - 1, mins => n / 3),
                case when n % 2 = 0 then 'read' else 'update' end::billing.audit_action, public.id(n % 211), 'test',
                case when n % 2 = 0 then 'financial_data' else 'invoices' end, public.id(n % 97),
                case when n % 2 = 0 then 'view'::billing.audit_access end,
                case when n % 2 = 0 then 'operations'::billing.audit_purpose end
            from generate_series(1, 60000) n;
            analyze billing.audit_log;
            """)
    }

    /// The indexes of the log that a call used, once for each partition it used them in, and the tables that it read from end to end.
    private func used(
        _ query: ListAuditLog<BillingContract>, _ stored: TestDatabase
    ) async throws -> (indexes: [String], scans: [String]) {
        let application = "plans-\(UUID().uuidString.lowercased())"
        let database = Database(
            Database.Configuration(
                url: stored.url(.billing), schema: "billing", applicationName: application, maximumConnections: 1),
            logger: Logger(label: "plans"))
        let log = PlanLog(stored, application: application)
        let size = try await log.size()
        try await withService(Billing.self, database: database) { service in
            let token = try await service.token(roles: [.owner], organization: organization)
            // Prepared statements may get another plan, for any value, from the sixth time on.
            for _ in 0..<7 {
                let page = try await service.call(query, token: token)
                #expect(page.data.count == 20 && page.nextCursor != nil)
            }
        }
        await database.close()
        let nodes = try await log.plans(since: size).filter(\.readsTables).flatMap(\.nodes)
        let parents = try await stored.sql(
            """
            select i.inhrelid::regclass::text || ' ' || i.inhparent::regclass::text from pg_inherits i
            join pg_class c on c.oid = i.inhrelid and c.relkind = 'i'
            """
        ).split(separator: "\n").map { $0.replacing("billing.", with: "").split(separator: " ").map(String.init) }
        let parent = Dictionary(parents.map { ($0[0], $0[1]) }) { $1 }
        let indexes = Set(nodes.compactMap(\.index)).map { parent[$0] ?? $0 }
        return (indexes.sorted(), nodes.filter { $0.type == "Seq Scan" }.compactMap(\.table))
    }

    @Test(
        "S1-95, S1-99: what a person did, what happened to a record and who saw a member are looked up by index, in every partition",
        arguments: [
            ("audit_log_actor", ListAuditLog<BillingContract>(actorID: .init(rawValue: Self.id(7)))),
            ("audit_log_record", ListAuditLog<BillingContract>(recordType: "invoices", recordID: .init(rawValue: Self.id(7)))),
            ("audit_log_record", ListAuditLog<BillingContract>(recordType: "financial_data", recordID: .init(rawValue: Self.id(8)))),
            ("audit_log_pkey", ListAuditLog<BillingContract>()),
        ])
    func lookUpsUseTheirIndexes(index: String, query: ListAuditLog<BillingContract>) async throws {
        try await withDatabase(.billing) { stored in
            try await fill(stored)
            try await PlanLog.open(stored, for: [.billing])
            let used = try await used(query, stored)
            #expect(used.indexes == [index, index, index])
            #expect(used.scans == [])
        }
    }
}
