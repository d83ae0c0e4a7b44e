import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct AuditMonthTests {
    private static func insert(_ moment: String) -> String {
        """
        insert into billing.audit_log (organization_id, created_at, action, by, record_type, record_id)
        values (gen_random_uuid(), \(moment), 'create', 'test', 'toys', gen_random_uuid())
        """
    }

    @Test("S1-111: rows a month apart lie in two partitions, the second of which was there before")
    func monthsLieApart() async throws {
        try await withDatabase(.billing) { stored in
            let months = try await stored.sql(
                """
                select string_agg('audit_log_' || to_char(now() at time zone 'UTC' + make_interval(months => n), 'YYYY_MM'), ',' order by n)
                from generate_series(0, 1) n
                """)
            #expect(
                try await stored.sql(
                    """
                    select string_agg(relname, ',' order by relname) from pg_inherits join pg_class c on c.oid = inhrelid
                    where inhparent = 'billing.audit_log'::regclass and relname <> 'audit_log_default'
                    """) == months)
            for month in ["date_trunc('month', now())", "date_trunc('month', now()) + interval '1 month'"] {
                try await stored.sql(Self.insert(month))
            }
            let places = try await stored.sql(
                "select string_agg(tableoid::regclass::text, ',' order by created_at) from billing.audit_log")
            #expect(places == months.split(separator: ",").map { "billing.\($0)" }.joined(separator: ","))
        }
    }

    @Test("S1-111: a job makes the months ahead, a month without one is written all the same and stays where it began")
    func aJobMakesMonths() async throws {
        try await withDatabase(.billing) { stored in
            let month = "to_char(now() + interval '1 month', 'YYYY_MM')"
            let name = try await stored.sql("select 'billing.audit_log_' || \(month)")
            // As if nobody had run for a month.
            try await stored.sql("drop table \(name)")
            func runJob() async throws {
                let logger = Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() }
                try await stored.sql("update billing.jobs set next_run_at = now()")
                _ = try await JobRunner(service: "billing", jobs: [.auditLogMonths], database: stored.open(), logger: logger).runWhatIsDue()
                #expect(try await stored.sql("select failures, finished_at is not null from billing.jobs") == "0|t")
            }
            try await stored.sql(Self.insert("now() + interval '1 month'"))
            #expect(try await stored.sql("select tableoid::regclass from billing.audit_log") == "billing.audit_log_default")
            try await runJob()
            #expect(try await stored.sql("select to_regclass('\(name)') is null") == "t")

            try await stored.sql("truncate billing.audit_log")
            try await runJob()
            try await stored.sql(Self.insert("now() + interval '1 month'"))
            #expect(try await stored.sql("select tableoid::regclass from billing.audit_log") == name)
            // As the others are: reached through the log only, with its indexes.
            #expect(try await stored.sql("select has_table_privilege('billing', '\(name)', 'select, insert, update, delete')") == "f")
            #expect(
                try await stored.sql(
                    """
                    select count(*) from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid where x.indrelid = '\(name)'::regclass
                    """) == "4")
        }
    }

    @Test func `Months are made while others write`() async throws {
        try await withDatabase(.billing) { stored in
            let database = stored.open()
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let (end, finish) = AsyncStream<Void>.makeStream()
            let writing = Task {
                try await database.transaction { tx in
                    _ = try await tx.execute("select set_config('app.organization_id', gen_random_uuid()::text, true)")
                    _ = try await tx.execute(
                        """
                        insert into audit_log (organization_id, action, by, record_type, record_id)
                        values (app.organization_id(), 'create', 'test', 'toys', gen_random_uuid())
                        """)
                    begin.yield()
                    for await _ in end { break }
                }
            }
            for await _ in begun { break }
            let made: [String] = try await database.transaction { tx in try await tx.query("select audit_log_months(3)") }
            #expect(made.count == 2)
            finish.yield()
            try await writing.value
        }
    }
}
