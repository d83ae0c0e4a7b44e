import Foundation
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct JobTests {
    /// A database with a table to leave traces in, and runners as replicas have them.
    private func withTraces(_ body: @Sendable (TestDatabase, Database) async throws -> Void) async throws {
        try await withDatabase(.billing) { stored in
            try await stored.sql(
                "create table public.traces (run text); grant all on public.traces to public; grant usage on schema public to public")
            try await body(stored, stored.open())
        }
    }

    private func runner(_ job: Job, _ database: Database) -> JobRunner {
        JobRunner(service: "billing", jobs: [job], database: database, logger: Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func trace(_ text: String, _ run: JobRun) async throws {
        try await run.transaction { tx in _ = try await tx.execute("insert into public.traces values (\(text))") }
    }

    @Test func `Of many replicas one does what is due, and it is due again after its interval`() async throws {
        try await withTraces { (stored, database) async throws in
            let job = Job("often", every: .seconds(300)) { run in try await Self.trace("done", run) }
            try await withThrowingTaskGroup(of: Duration.self) { tasks in
                for _ in 0..<6 { tasks.addTask { try await runner(job, database).runWhatIsDue() } }
                for try await pause in tasks { #expect(pause >= .seconds(1) && pause <= .seconds(60)) }
            }
            #expect(try await stored.sql("select count(*) from public.traces").hasPrefix("1"))
            let state =
                "select failures, lease_token is null, finished_at is not null, next_run_at > now() + interval '4 minutes' from billing.jobs"
            #expect(try await stored.sql(state).hasPrefix("0|t|t|t"))
            try await stored.sql("update billing.jobs set next_run_at = now()")
            _ = try await runner(job, database).runWhatIsDue()
            #expect(try await stored.sql("select count(*) from public.traces").hasPrefix("2"))
        }
    }

    @Test func `A failure is noted and tried again later, without what was said in the error`() async throws {
        try await withTraces { (stored, database) async throws in
            struct Secret: Error { var name = "Ada Lovelace" }
            let fails = Mutex(true)
            let job = Job("shaky", every: .seconds(3600)) { run in
                try await Self.trace("begun", run)
                if fails.withLock({ $0 }) { throw Secret() }
            }
            _ = try await runner(job, database).runWhatIsDue()
            #expect(try await stored.sql("select failures, last_error, lease_token is null from billing.jobs").hasPrefix("1|Secret|t"))
            #expect(
                try await stored.sql("select next_run_at between now() + interval '5 s' and now() + interval '15 s' from billing.jobs")
                    .hasPrefix("t"))
            fails.withLock { $0 = false }
            try await stored.sql("update billing.jobs set next_run_at = now()")
            _ = try await runner(job, database).runWhatIsDue()
            #expect(try await stored.sql("select failures, last_error is null from billing.jobs").hasPrefix("0|t"))
        }
    }

    @Test func `Who was away for longer than the lease changes nothing any more`() async throws {
        try await withTraces { (stored, database) async throws in
            let (arrivals, arrived) = AsyncStream<Void>.makeStream()
            let (departures, go) = AsyncStream<Void>.makeStream()
            let slow = Job("slow", every: .seconds(300)) { run in
                try await Self.trace("first, before", run)
                arrived.yield()
                for await _ in departures { break }
                try await Self.trace("first, after", run)
            }
            let away = Task { try await runner(slow, database).runWhatIsDue() }
            for await _ in arrivals { break }
            // It is away for so long that its lease runs out.
            try await stored.sql("update billing.jobs set lease_until = now() - interval '1 second'")
            let other = Job("slow", every: .seconds(300)) { run in try await Self.trace("second", run) }
            _ = try await runner(other, database).runWhatIsDue()
            go.yield()
            _ = try await away.value
            #expect(try await stored.sql("select string_agg(run, ';' order by run) from public.traces") == "first, before;second")
            #expect(
                try await stored.sql("select failures, finished_at is not null, lease_token is null from billing.jobs").hasPrefix("0|t|t"))
        }
    }

    @Test func `A run that shutdown interrupts is given back at once`() async throws {
        try await withTraces { (stored, database) async throws in
            let (arrivals, arrived) = AsyncStream<Void>.makeStream()
            let job = Job("long", every: .seconds(300)) { run in
                try await Self.trace("begun", run)
                arrived.yield()
                try await Task.sleep(for: .seconds(600))
            }
            let running = Task { try await runner(job, database).runWhatIsDue() }
            for await _ in arrivals { break }
            #expect(try await stored.sql("select lease_until > now() from billing.jobs").hasPrefix("t"))
            running.cancel()
            _ = try? await running.value
            #expect(try await stored.sql("select lease_token is null, next_run_at <= now(), failures from billing.jobs").hasPrefix("t|t|0"))
        }
    }

    @Test func `A job that deletes goes on until a portion is not full`() async throws {
        try await withTraces { (stored, database) async throws in
            try await stored.sql("insert into public.traces select n::text from generate_series(1, 25) n")
            let job = Job.deleting("sweep", every: .seconds(300), portion: 10) { limit in
                "delete from public.traces where ctid = any (array(select ctid from public.traces limit \(limit)))"
            }
            _ = try await runner(job, database).runWhatIsDue()
            #expect(try await stored.sql("select count(*) from public.traces").hasPrefix("0"))
        }
    }

    @Test func `Answers are forgotten after a day`() async throws {
        try await withTraces { (stored, database) async throws in
            try await stored.sql(
                """
                insert into billing.idempotency_keys (organization_id, person_id, key, fingerprint, status, response, created_at)
                select gen_random_uuid(), gen_random_uuid(), 'k', '', 200, '', now() - make_interval(hours => h) from generate_series(20, 30) h
                """)
            _ = try await runner(.expiredIdempotencyKeys, database).runWhatIsDue()
            #expect(try await stored.sql("select count(*) from billing.idempotency_keys") == "4")
        }
    }
}
