import Foundation
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct CommitWithNextTests {
    private static let organization: SQL = "select current_setting('app.organization_id')::uuid"

    private func roundTrips(_ database: Database, _ body: (Transaction) async throws -> Void) async throws -> Int {
        let before = database.flights.value
        try await database.transaction(as: Tenant(TestID()), readOnly: true, body)
        return database.flights.value - before
    }

    @Test func `COMMIT goes along with the last statement of what only reads`() async throws {
        try await withDatabase(connections: 1) { database in
            let one = try await roundTrips(database) { tx in
                tx.commitWithNext()
                let numbers = try await tx.query("select n from generate_series(1, 3) n", as: Int.self)
                #expect(numbers == [1, 2, 3])
            }
            #expect(one == 1)
            let two = try await roundTrips(database) { tx in
                try await tx.execute("select 1")
                tx.later("select 2")
                tx.commitWithNext()
                #expect(try await tx.one("select 3", as: Int.self) == 3)
            }
            #expect(two == 2)
            let none = try await roundTrips(database) { $0.commitWithNext() }
            #expect(none == 0)
            // Nothing of the tenants is left on the one connection.
            let left: String = try await database.transaction {
                try await $0.one("select coalesce(current_setting('app.organization_id', true), '')")
            }
            #expect(left == "")
        }
    }

    @Test func `What comes after it sees the same rows`() async throws {
        let (first, second) = (TestID(), TestID())
        try await withDatabase(connections: 1) { database in
            try await database.transaction(as: Tenant(first), readOnly: true) { tx in
                tx.commitWithNext()
                let before = try await tx.one(Self.organization, as: UUID.self)
                let after = try await tx.one(Self.organization, as: UUID.self)
                #expect(before == first.rawValue && after == first.rawValue)
                try await tx.enter(Tenant(second))
                tx.commitWithNext()
                let entered = try await tx.one(Self.organization, as: UUID.self)
                let last = try await tx.one(Self.organization, as: UUID.self)
                #expect(entered == second.rawValue && last == second.rawValue)
            }
        }
    }

    @Test func `A statement that fails is told, and its connection goes on`() async throws {
        try await withDatabase(connections: 1) { database in
            let process = try await database.transaction { try await $0.one("select pg_backend_pid()", as: Int.self) }
            for isSwallowed in [false, true] {
                let error = try await failure {
                    try await database.transaction(readOnly: true) { tx in
                        tx.commitWithNext()
                        do { try await tx.execute("select 1 / 0") } catch { if !isSwallowed { throw error } }
                    }
                }
                #expect(isSwallowed ? error.kind == .rolledBack : error.sqlState == "22012")
            }
            #expect(try await database.transaction { try await $0.one("select pg_backend_pid()", as: Int.self) } == process)
        }
    }

    @Test func `What may write is committed at its end only`() async throws {
        struct Refusal: Error {}
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table written (id int)") }
            _ = try? await database.transaction { tx in
                tx.commitWithNext()
                try await tx.execute("insert into written values (1)")
                throw Refusal()
            }
            #expect(try await database.transaction { try await $0.one("select count(*) from written") } == 0)
        }
    }
}
