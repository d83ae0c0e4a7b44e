import Foundation
import Testing

@testable import Postgres

/// What happens when a connection or a task ends in the middle.
@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct LossTests {
    /// How many sessions of this database run `statement`.
    func running(_ statement: String, _ session: DatabaseSession) async throws -> Int {
        try await session.query(
            "select count(*) from pg_stat_activity where state = 'active' and query like \(statement + "%") and pid <> pg_backend_pid() and datname = current_database()"
        )[0]
    }

    func terminate(_ pid: Int, _ session: DatabaseSession) async throws {
        try await session.execute("select pg_terminate_backend(\(pid)::int)")
        try await eventually { try await session.query("select count(*) from pg_stat_activity where pid = \(pid)", as: Int.self) == [0] }
    }

    @Test func `Cancelling a task cancels its statement at the server`() async throws {
        try await withDatabase(connections: 1) { database in
            try await withSession { watcher in
                let sleeper = Task { try await database.transaction { try await $0.execute("select pg_sleep(60), 'cancel me'") } }
                try await eventually { try await running("select pg_sleep(60), 'cancel me'", watcher) == 1 }
                sleeper.cancel()
                #expect(try await failure { _ = try await sleeper.value }.kind == .cancelled)
                try await eventually { try await running("select pg_sleep(60), 'cancel me'", watcher) == 0 }
                #expect(try await database.transaction { try await $0.one("select 1") } == 1)
            }
        }
    }

    @Test func `A statement that takes too long ends by itself`() async throws {
        try await withDatabase(connections: 1, statementTimeout: .milliseconds(50)) { database in
            let error = try await failure { _ = try await database.transaction { try await $0.execute("select pg_sleep(60)") } }
            #expect(error.kind == .server && error.sqlState == "57014")
            #expect(try await database.transaction { try await $0.one("select 1") } == 1)
        }
    }

    @Test func `A lock that is not to be had is waited for two seconds`() async throws {
        try await withDatabase(connections: 2) { database in
            _ = try await database.transaction { try await $0.execute("create table locked (id int)") }
            try await database.transaction { holder in
                try await holder.execute("lock table locked in access exclusive mode")
                let start = ContinuousClock.now
                let error = try await failure { _ = try await database.transaction { try await $0.execute("select from locked") } }
                #expect(error.sqlState == "55P03" && error.isRetriable)
                #expect(ContinuousClock.now - start > .milliseconds(1900))
            }
            #expect(try await database.transaction { try await $0.execute("select from locked") } == 0)
        }
    }

    @Test func `A connection that died in the pool is replaced unnoticed`() async throws {
        try await withDatabase(connections: 1) { database in
            try await withSession { killer in
                let pid: Int = try await database.transaction { try await $0.one("select pg_backend_pid()") }
                try await terminate(pid, killer)
                let next: Int = try await database.transaction(as: Tenant(TestID())) { try await $0.one("select pg_backend_pid()") }
                #expect(next != pid)
                try await terminate(next, killer)
                try await database.transaction { $0.later("select 1") }
            }
        }
    }

    @Test func `A connection lost in the middle is told, and nothing is retried`() async throws {
        try await withDatabase(connections: 1) { database in
            try await withSession { killer in
                let error = try await failure {
                    try await database.transaction { tx in
                        try await terminate(try await tx.one("select pg_backend_pid()"), killer)
                        try await tx.execute("select 1")
                    }
                }
                #expect(error.kind == .connectionLost && error.isRetriable)
                let swallowed = try await failure {
                    try await database.transaction { tx in
                        try await terminate(try await tx.one("select pg_backend_pid()"), killer)
                        _ = try? await tx.execute("select 1")
                    }
                }
                #expect(swallowed.kind == .connectionLost)
                #expect(try await database.transaction { try await $0.one("select 1") } == 1)
            }
        }
    }

    @Test func `A connection lost during COMMIT leaves the outcome unknown`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { tx in
                try await tx.execute("create table slow (id int)")
                try await tx.execute(
                    "create function pause() returns trigger language plpgsql as $$ begin perform pg_sleep(15); return null; end $$")
                try await tx.execute(
                    "create constraint trigger pause after insert on slow deferrable initially deferred for each row execute function pause()"
                )
            }
            try await withSession { killer in
                let (pids, continuation) = AsyncStream<Int>.makeStream()
                let committer = Task {
                    try await database.transaction { tx in
                        try await tx.execute("insert into slow values (1)")
                        continuation.yield(try await tx.one("select pg_backend_pid()"))
                    }
                }
                var iterator = pids.makeAsyncIterator()
                let pid = try #require(await iterator.next())
                try await eventually { try await running("commit", killer) == 1 }
                try await terminate(pid, killer)
                let error = try await failure { try await committer.value }
                #expect(error.kind == .commitOutcomeUnknown && !error.isRetriable)
                #expect(try await database.transaction { try await $0.one("select 1") } == 1)
            }
        }
    }

    @Test func `A session holds its lock until it is lost, and says when it is`() async throws {
        let lock: SQL = "select pg_try_advisory_lock(4711)"
        try await withDatabase { database in
            let (first, second) = (try await database.session(), try await database.session())
            #expect(try await first.query(lock) == [true])
            #expect(try await second.query(lock) == [false])
            let pid: Int = try await first.query("select pg_backend_pid()")[0]
            try await terminate(pid, second)
            #expect(try await failure { try await first.execute("select 1") }.kind == .connectionLost)
            #expect(!first.isAlive)
            #expect(second.isAlive)
            #expect(try await second.query(lock) == [true])
            await second.close()
            #expect(!second.isAlive)
        }
    }
}
