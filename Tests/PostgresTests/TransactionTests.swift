import Foundation
import Synchronization
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct TransactionTests {
    struct Refusal: Error {}

    @Test func `BEGIN, the tenant and the first statement are one round trip`() async throws {
        try await withDatabase(connections: 1) { database in
            func roundTrips(_ body: (Transaction) async throws -> Void) async throws -> Int {
                let before = database.flights.value
                try await database.transaction(as: Tenant(TestID(), person: TestID()), body)
                return database.flights.value - before
            }
            let nothing = try await roundTrips { _ in }
            #expect(nothing == 0)
            let one = try await roundTrips { _ = try await $0.execute("select 1") }
            #expect(one == 2)
            let riding = try await roundTrips { tx in
                tx.later("select 1")
                try await tx.execute("select 2")
                tx.later("select 3")
                tx.later("select 4")
            }
            #expect(riding == 2)
            let onlyLater = try await roundTrips { $0.later("select 1") }
            #expect(onlyLater == 2)
        }
    }

    /// Results that are there before they are waited for are told once, and do not fit into one buffer.
    @Test(.timeLimit(.minutes(1))) func `A flight with many results is read to its end`() async throws {
        try await withDatabase(connections: 4) { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for count in [150, 300, 900] + Array(repeating: 200, count: 60) {
                            let last = try await database.transaction { tx in
                                for number in 0..<count { tx.later("select \(number)::int, repeat('x', 100)") }
                                return try await tx.one("select \(count)::int", as: Int.self)
                            }
                            #expect(last == count)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `COMMIT is believed by its tag only`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table swallowed (id int)") }
            let error = try await failure {
                try await database.transaction { tx in
                    try await tx.execute("insert into swallowed values (1)")
                    _ = try? await tx.execute("select 1 / 0")
                }
            }
            #expect(error.kind == .rolledBack)
            #expect(!error.isRetriable)
            #expect(try await database.transaction { try await $0.one("select count(*) from swallowed") } == 0)
        }
    }

    @Test func `A refusal that the server never saw rolls back as well`() async throws {
        try await withDatabase(connections: 1) { database in
            let told = try await failure { _ = try await database.transaction { try await $0.execute("select \("a\0b")::text") } }
            #expect(told.sqlState == "22021")
            let swallowed = try await failure {
                try await database.transaction { tx in
                    try await tx.execute("select 1")
                    _ = try? await tx.execute("select \("a\0b")::text")
                }
            }
            #expect(swallowed.kind == .rolledBack)
        }
    }

    @Test func `A failing statement rolls back and the pool stays healthy`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table kept (id int)") }
            for _ in 0..<20 {
                let error = try await failure {
                    try await database.transaction { tx in
                        try await tx.execute("insert into kept values (1)")
                        try await tx.execute("select nothing from nowhere")
                    }
                }
                #expect(error.sqlState == "42P01")
            }
            await #expect(throws: Refusal.self) {
                try await database.transaction { tx in
                    try await tx.execute("insert into kept values (2)")
                    throw Refusal()
                }
            }
            #expect(try await database.transaction { try await $0.one("select count(*) from kept") } == 0)
            #expect(database.pool.state.withLock { $0.leased + $0.opening } == 0)
        }
    }

    @Test func `A statement that failed beside COMMIT is told, and nothing is committed`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table ridden (id int primary key)") }
            let error = try await failure {
                try await database.transaction { tx in
                    try await tx.execute("insert into ridden values (1)")
                    tx.later("insert into ridden values (1)")
                }
            }
            #expect(error.constraint == "ridden_pkey")
            #expect(error.sqlState == "23505")
            #expect(try await database.transaction { try await $0.one("select count(*) from ridden") } == 0)
        }
    }

    @Test func `Violations are told by the name of their constraint, without values`() async throws {
        try await withDatabase { database in
            try await database.transaction { tx in
                try await tx.execute(
                    "create table guests (email text constraint guests_email unique, age int constraint guests_of_age check (age > 17))")
                try await tx.execute("insert into guests values ('secret@example.org', 30)")
            }
            let taken = try await failure {
                _ = try await database.transaction { try await $0.execute("insert into guests values (\("secret@example.org"), 30)") }
            }
            #expect(taken.constraint == "guests_email" && !taken.message.contains("secret"))
            let young = try await failure {
                _ = try await database.transaction { try await $0.execute("insert into guests values ('x', 3)") }
            }
            #expect(young.constraint == "guests_of_age" && young.sqlState == "23514")
            let malformed = try await failure { _ = try await database.transaction { try await $0.execute("select \("secret")::uuid") } }
            #expect(malformed.sqlState == "22P02" && !malformed.message.contains("secret"))
        }
    }

    @Test func `S0-67, S1-102: A tenant's settings end with their transaction`() async throws {
        let settings: SQL =
            "select array[nullif(current_setting('app.organization_id', true), ''), nullif(current_setting('app.person_id', true), '')]"
        let (organizations, person) = ((0..<3).map { _ in TestID() }, TestID())
        func text(_ id: TestID) -> String { id.rawValue.uuidString.lowercased() }
        try await withDatabase(connections: 1) { database in
            for organization in organizations + organizations {
                let with: [String?] = try await database.transaction(as: Tenant(organization, person: person)) {
                    try await $0.one(settings)
                }
                #expect(with == [text(organization), text(person)])
                let without: [String?] = try await database.transaction { try await $0.one(settings) }
                #expect(without == [nil, nil])
                let nobody: [String?] = try await database.transaction(as: Tenant(organization)) { try await $0.one(settings) }
                #expect(nobody == [text(organization), nil])
            }
            try await database.transaction { tx in
                try await tx.execute("select 1")
                try await tx.enter(Tenant(organizations[1], person: person))
                #expect(try await tx.one(settings, as: [String?].self) == [text(organizations[1]), text(person)])
            }
        }
    }

    @Test func `A tenant's locations are set for whoever has some, and end where another tenant begins`() async throws {
        let setting: SQL = "select nullif(current_setting('app.location_ids', true), '')::uuid[]"
        let (organization, here, there) = (TestID(), UUID(), UUID())
        try await withDatabase(connections: 1) { database in
            func read(_ tenant: Tenant) async throws -> [UUID]? {
                try await database.transaction(as: tenant) { try await $0.one(setting, as: [UUID]?.self) }
            }
            let bound = Tenant(organization, person: TestID(), locations: [here, there])
            #expect(try await read(bound) == [here, there])
            #expect(try await read(Tenant(organization, person: TestID())) == nil)
            #expect(try await read(Tenant(organization, person: TestID(), locations: [])) == [])
            try await database.transaction(as: bound) { tx in
                #expect(try await tx.one(setting, as: [UUID]?.self) == [here, there])
                try await tx.enter(Tenant(TestID(), person: TestID()))
                #expect(try await tx.one(setting, as: [UUID]?.self) == nil)
            }
        }
    }

    @Test func `Read-only transactions write nothing`() async throws {
        try await withDatabase(connections: 1) { database in
            let error = try await failure {
                _ = try await database.transaction(readOnly: true) { try await $0.execute("create table written (id int)") }
            }
            #expect(error.sqlState == "25006" && !error.isRetriable)
        }
    }

    @Test func `A part that fails leaves the rest`() async throws {
        try await withDatabase(connections: 1) { database in
            try await database.transaction { _ = try await $0.execute("create table parts (id int primary key)") }
            try await database.transaction { tx in
                try await tx.execute("insert into parts values (1)")
                let error = try await failure {
                    try await tx.savepoint {
                        try await tx.execute("insert into parts values (2)")
                        try await tx.execute("insert into parts values (1)")
                    }
                }
                #expect(error.constraint == "parts_pkey")
                await #expect(throws: Refusal.self) {
                    try await tx.savepoint {
                        tx.later("insert into parts values (3)")
                        throw Refusal()
                    }
                }
                _ = try? await tx.savepoint { tx.later("insert into parts values (1)") }
                _ = try? await tx.savepoint { _ = try await tx.execute("select \("\0")") }
                try await tx.savepoint { tx.later("insert into parts values (4)") }
            }
            #expect(try await database.transaction { try await $0.query("select id from parts order by id") } == [1, 4])
        }
    }

    @Test func `Child tasks take turns`() async throws {
        try await withDatabase(connections: 1) { database in
            let sum = try await database.transaction { tx in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 1...50 { group.addTask { try await tx.one("select \(number)::int") } }
                    return try await group.reduce(0, +)
                }
            }
            #expect(sum == 1275)
            var escaped: Transaction?
            try await database.transaction { escaped = $0 }
            let late = try #require(escaped)
            #expect(try await failure { _ = try await late.execute("select 1") }.kind == .closed)
        }
    }

    @Test func `Signals fire after a commit, and after nothing else`() async throws {
        try await withDatabase { database in
            var (fired, quiet) = (database.signals("fired").makeAsyncIterator(), database.signals("quiet").makeAsyncIterator())
            await #expect(throws: Refusal.self) {
                try await database.transaction { tx in
                    try await tx.execute("select 1")
                    tx.signal("quiet")
                    throw Refusal()
                }
            }
            _ = try? await database.transaction { tx in
                tx.signal("quiet")
                _ = try? await tx.execute("select 1 / 0")
            }
            for _ in 0..<3 {
                try await database.transaction { tx in
                    try await tx.execute("select 1")
                    tx.signal("fired")
                }
            }
            await database.close()
            #expect(await fired.next() != nil)
            #expect(await fired.next() == nil)
            #expect(await quiet.next() == nil)
        }
    }
}
