import Foundation
import Synchronization
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct JudgeTests {
    private struct Refusal: Error, Equatable { var number: Int }

    private struct Number: RowReadable {
        var value: Int
        init(reading row: inout RowReader) throws { value = try row.int("number") }
    }

    @Test func `A question goes with the first statement, and its answer is judged before that one's`() async throws {
        try await withDatabase(connections: 1) { database in
            let before = database.flights.value
            let seen = Mutex([Int]())
            try await database.transaction(as: Tenant(TestID())) { tx in
                tx.later("select 7 as number") { (row: Number) in seen.withLock { $0.append(row.value) } }
                let answer = try await tx.one("select 8", as: Int.self)
                #expect(answer == 8)
                #expect(seen.withLock(\.self) == [7])
            }
            #expect(database.flights.value - before == 2)
        }
    }

    @Test func `A refusal comes in place of the statement's outcome and leaves nothing`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table refused (id int)") }
            for statement: SQL in ["insert into refused values (1)", "select 1 / 0"] {
                await #expect(throws: Refusal(number: 7)) {
                    try await database.transaction { tx in
                        tx.later("select 7 as number") { (row: Number) in throw Refusal(number: row.value) }
                        try await tx.execute(statement)
                    }
                }
                let swallowed = try await failure {
                    try await database.transaction { tx in
                        tx.later("select 7 as number") { (row: Number) in throw Refusal(number: row.value) }
                        do { try await tx.execute(statement) } catch {}
                    }
                }
                #expect(swallowed.kind == .rolledBack)
            }
            let left: Int = try await database.transaction { try await $0.one("select count(*) from refused") }
            #expect(left == 0)
        }
    }

    @Test func `Nothing is committed unjudged`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table unjudged (id int)") }
            for isOpen in [false, true] {
                await #expect(throws: Refusal(number: 7)) {
                    try await database.transaction { tx in
                        if isOpen { try await tx.execute("insert into unjudged values (1)") }
                        tx.later("select 7 as number") { (row: Number) in throw Refusal(number: row.value) }
                        tx.later("insert into unjudged values (2)")
                    }
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.transaction { tx in
                    tx.later("select 7 as number where false") { (_: Number) in }
                    try await tx.execute("insert into unjudged values (3)")
                }
            }
            let left: Int = try await database.transaction { try await $0.one("select count(*) from unjudged") }
            #expect(left == 0)
        }
    }
}
