import Foundation
import Synchronization
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct PoolTests {
    final class Order: Sendable { let numbers = Mutex<[Int]>([]) }

    /// Holds the pool's only connection while `body` runs.
    func occupying(_ database: Database, _ body: () async throws -> Void) async throws {
        try await database.transaction { tx in
            try await tx.execute("select 1")
            try await body()
        }
    }

    @Test func `S0-66, S0-67: Two hundred tasks share four connections, each for its own organization`() async throws {
        let name = "crowd-\(UUID().uuidString)"
        let connected: SQL = "select count(*) from pg_stat_activity where application_name = \(name)"
        try await withDatabase(name: name, connections: 4, acquireTimeout: .seconds(60)) { database in
            let (sum, most) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 1...200 {
                    group.addTask {
                        let organization = TestID()
                        return try await database.transaction(as: Tenant(organization)) { tx in
                            let set: String = try await tx.one("select current_setting('app.organization_id')")
                            #expect(set == organization.rawValue.uuidString.lowercased())
                            return (try await tx.one("select \(number)::int"), try await tx.one(connected))
                        }
                    }
                }
                return try await group.reduce(into: (0, 0)) { $0 = ($0.0 + $1.0, max($0.1, $1.1)) }
            }
            #expect(sum == 20100 && (2...4).contains(most))
            #expect(database.pool.state.withLock { $0.idle.count } <= 4)
        }
    }

    @Test func `Who waits longest comes first`() async throws {
        try await withDatabase(connections: 1) { database in
            let order = Order()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await occupying(database) {
                    for number in 0..<10 {
                        group.addTask { try await database.transaction { _ in order.numbers.withLock { $0.append(number) } } }
                        try await eventually { database.pool.state.withLock { $0.waiters.count } == number + 1 }
                    }
                }
                try await group.waitForAll()
            }
            #expect(order.numbers.withLock(\.self) == Array(0..<10))
        }
    }

    @Test func `Waiting has an end`() async throws {
        try await withDatabase(connections: 1, acquireTimeout: .milliseconds(500)) { database in
            // On a busy machine connecting alone takes that long; the connection that a waiter gave up on is there for the next.
            try await eventually {
                do { try await database.transaction { _ = try await $0.execute("select 1") } } catch let error as DatabaseError {
                    guard error.kind == .poolExhausted else { throw error }
                    return false
                }
                return true
            }
            try await occupying(database) {
                let error = try await failure { try await database.transaction { _ in } }
                #expect(error.kind == .poolExhausted)
            }
            try await database.transaction { _ = try await $0.execute("select 1") }
        }
    }

    @Test func `A cancelled waiter leaves the queue`() async throws {
        try await withDatabase(connections: 1) { database in
            try await occupying(database) {
                let waiter = Task { try await database.transaction { _ in } }
                try await eventually { database.pool.state.withLock { $0.waiters.count } == 1 }
                waiter.cancel()
                #expect(try await failure { try await waiter.value }.kind == .cancelled)
                #expect(database.pool.state.withLock { $0.waiters.count } == 0)
            }
            try await database.transaction { _ = try await $0.execute("select 1") }
        }
    }

    @Test func `Closing waits for running transactions and refuses new ones`() async throws {
        try await withDatabase(connections: 1) { database in
            let (entered, leave) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
            let running = Task {
                try await database.transaction { tx in
                    try await tx.execute("select 1")
                    entered.continuation.finish()
                    for await _ in leave.stream {}
                    return try await tx.one("select 7", as: Int.self)
                }
            }
            for await _ in entered.stream {}
            async let closed: Void = database.close()
            try await eventually { database.pool.state.withLock(\.isClosed) }
            #expect(try await failure { try await database.transaction { _ in } }.kind == .closed)
            leave.continuation.finish()
            #expect(try await running.value == 7)
            await closed
        }
    }

    @Test func `Statements are prepared once per connection, and not without end`() async throws {
        try await withDatabase(connections: 1) { database in
            for number in 1...3 {
                #expect(try await database.transaction { try await $0.one("select 41 + \(number)") } == 41 + number)
            }
            let known: SQL = "select count(*) from pg_prepared_statements where statement like \("select 41%")"
            #expect(try await database.transaction { try await $0.one(known) } == 1)
            try await database.transaction { tx in
                for number in 0..<300 { tx.later("select 1 as \(SQL.identifier("c\(number)"))") }
                let count: Int = try await tx.one("select count(*) from pg_prepared_statements")
                #expect(count <= PreparedStatements.limit)
            }
            #expect(try await database.transaction { try await $0.one("select 5 + \(1)") } == 6)
        }
    }

    @Test func `A plan that a migration made stale is worth another try`() async throws {
        try await withDatabase(connections: 1) { database in
            struct Row: Decodable { var a: Int }
            try await database.transaction { tx in
                try await tx.execute("create table migrated (a int)")
                try await tx.execute("insert into migrated values (1)")
            }
            let look: SQL = "select * from migrated"
            _ = try await database.transaction { try await $0.one(look, as: Row.self) }
            try await withDatabase { other in try await other.transaction { _ = try await $0.execute("alter table migrated add b text") } }
            let error = try await failure { _ = try await database.transaction { try await $0.one(look, as: Row.self) } }
            #expect(error.sqlState == "0A000" && error.isRetriable)
            #expect(try await database.transaction { try await $0.one(look, as: Row.self) }.a == 1)
        }
    }

    @Test func `Without a server requests fail at once and say so`() async throws {
        let port = try freePort()
        try await withDatabase("postgresql://nobody@127.0.0.1:\(port)/nothing", connections: 4) { database in
            let begin = ContinuousClock.now
            for _ in 0..<20 {
                let error = try await failure { _ = try await database.transaction { try await $0.execute("select 1") } }
                #expect(
                    error.kind == .connectionFailed && error.isRetriable && !"\(error)".contains("127.0.0.1")
                        && !error.message.contains("127.0.0.1"))
            }
            // Waiting for a connection each time would take five seconds each time.
            #expect(ContinuousClock.now - begin < .seconds(40))
            #expect(await !database.isReachable())
        }
        try await withDatabase { #expect(await $0.isReachable()) }
    }
}
