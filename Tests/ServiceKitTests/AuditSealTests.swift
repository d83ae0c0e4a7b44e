import ContractKit
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct AuditSealTests {
    /// A billing schema with some rows in its log.
    private struct Ledger: Sendable {
        let stored: TestDatabase
        let database: Database
        let organization = OrganizationID()

        func write(_ count: Int = 1) async throws {
            try await database.transaction(as: Tenant(organization)) { tx in
                for _ in 0..<count { _ = try await tx.execute(insert) }
            }
        }

        var insert: SQL {
            """
            insert into audit_log (organization_id, action, by, record_type, record_id, new_values)
            values (\(organization), 'create', 'test', 'toys', \(UUID()), '{"name": "Bear"}')
            """
        }

        func seal() async throws {
            try await stored.sql("update billing.jobs set next_run_at = now()")
            let logger = Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() }
            _ = try await JobRunner(service: "billing", jobs: [.sealedAuditLog(logger)], database: database, logger: logger).runWhatIsDue()
        }

        func verify() async throws -> AuditVerification.Result { try await AuditVerification(database: database).run() }

        /// What verifying complains of; nil when all fits.
        func breach() async throws -> String? {
            do {
                _ = try await verify()
                return nil
            } catch let breach as AuditVerification.Breach { return breach.description }
        }

        /// The number of the row in that place, from 0.
        func number(_ place: Int) async throws -> String {
            try await stored.sql("select seq from billing.audit_log order by seq offset \(place) limit 1")
        }
    }

    private func withLedger(_ body: @Sendable (Ledger) async throws -> Void) async throws {
        try await withDatabase(.billing) { stored in try await body(Ledger(stored: stored, database: stored.open())) }
    }

    @Test("S4-57: a row that was altered, taken out or slipped in is named, even by its table's owner")
    func anAlteredRowIsNamed() async throws {
        try await withLedger { ledger in
            for _ in 0..<3 {
                try await ledger.write(4)
                try await ledger.seal()
            }
            #expect(try await ledger.verify().rows == 12)
            let number = try await ledger.number(6)
            let record = try await ledger.stored.sql("select record_id from billing.audit_log where seq = \(number)")
            func attempt(_ change: String, back: String) async throws -> String? {
                try await ledger.stored.sql("set role billing_owner; \(change)")
                let said = try await ledger.breach()
                try await ledger.stored.sql("set role billing_owner; \(back)")
                #expect(try await ledger.breach() == nil, "\(back)")
                return said
            }
            for (column, value, old) in [
                ("new_values", #"'{"name": "Boar"}'"#, #"'{"name": "Bear"}'"#), ("actor_id", "gen_random_uuid()", "null"),
                ("by", "'nobody'", "'test'"), ("request", "'x'", "null"), ("login_session_id", "gen_random_uuid()", "null"),
            ] {
                let update = "update billing.audit_log set \(column) = "
                let said = try await attempt("\(update)\(value) where seq = \(number)", back: "\(update)\(old) where seq = \(number)")
                let row = "row \(number) (create of toys \(record) in organization \(ledger.organization), "
                #expect(said?.hasPrefix(row) == true, "\(said ?? "")")
                #expect(said?.hasSuffix(" was altered after seal 2") == true, "\(said ?? "")")
            }
            let moved = try await attempt(
                "update billing.audit_log set created_at = created_at - interval '1 year' where seq = \(number)",
                back: "update billing.audit_log set created_at = created_at + interval '1 year' where seq = \(number)")
            #expect(moved?.hasPrefix("row \(number) ") == true)
            let slipped = try await attempt(
                """
                insert into billing.audit_log (organization_id, seq, action, by, record_type, record_id)
                values (gen_random_uuid(), \(number), 'create', 'test', 'toys', gen_random_uuid())
                """, back: "delete from billing.audit_log where new_values is null")
            #expect(slipped?.contains("row \(number) ") == true, "\(slipped ?? "")")
            let gone = try await attempt(
                "create table billing.kept as table billing.audit_log; delete from billing.audit_log where seq = \(number)",
                back: "insert into billing.audit_log select * from billing.kept where seq = \(number)")
            #expect(gone == "row \(number) is gone that seal 2 was put on")
        }
    }

    @Test("S4-57: a seal that was altered, taken out or made up is named as well") func anAlteredSealIsNamed() async throws {
        try await withLedger { ledger in
            for _ in 0..<3 {
                try await ledger.write()
                try await ledger.seal()
            }
            let verified = try await ledger.verify()
            #expect(verified.seals == 3 && verified.unsealed == 0)
            try await ledger.stored.sql("create table public.kept as table billing.audit_seals")
            for (change, complaint) in [
                (
                    "update billing.audit_seals set leaves = set_byte(leaves, 20, get_byte(leaves, 20) # 1) where number = 2",
                    "seal 2 was altered"
                ),
                ("update billing.audit_seals set digest = sha256('') where number = 1", "seal 1 was altered"),
                ("delete from billing.audit_seals where number = 2", "seal 2 is missing"),
                ("delete from billing.audit_seals where number = 1", "seal 1 is missing"),
                // A chain of its own from the second on.
                (
                    "update billing.audit_seals set previous = sha256(''), digest = sha256(sha256('') || leaves) where number = 2",
                    "seal 2 does not follow the one before it"
                ),
            ] {
                try await ledger.stored.sql(change)
                #expect(try await ledger.breach() == complaint)
                try await ledger.stored.sql("delete from billing.audit_seals; insert into billing.audit_seals select * from public.kept")
                #expect(try await ledger.breach() == nil)
            }
        }
    }

    @Test("S4-57, S3-57: what the log said of somebody who was erased is blank, the seals fit, and nobody else can blank a row unseen")
    func whatWasErasedIsBlank() async throws {
        try await withLedger { ledger in
            let person = PersonID()
            try await ledger.write(2)
            try await ledger.stored.sql(
                """
                insert into billing.audit_log (organization_id, action, actor_id, by, record_type, record_id, new_values, address) values
                    ('\(ledger.organization)', 'create', null, 'test', 'toys', gen_random_uuid(), '{"name": "Bear", "owner_id": "\(person)"}', null),
                    ('\(ledger.organization)', 'update', null, 'test', 'people', '\(person)', '{"name": "Mia"}', '192.0.2.1'),
                    ('\(ledger.organization)', 'create', '\(person)', 'test', 'toys', gen_random_uuid(), '{"name": "Ball"}', '192.0.2.7')
                """)
            try await ledger.seal()
            let tenant = Tenant(ledger.organization)
            let refused = await #expect(throws: DatabaseError.self) {
                try await ledger.database.transaction(as: tenant) { tx in
                    _ = try await tx.one(
                        """
                        select audit_erase(\(ledger.organization)::uuid, array[\(person)]::uuid[], '{}', '-infinity', 'infinity')
                        """, as: Int.self)
                }
            }
            #expect(refused != nil, "nobody is forgotten who was not erased")
            let deeds = try await ledger.database.transaction(as: tenant, from: Origin(by: "reaction:test")) { tx in
                let erasure = PersonErasure(of: person, in: ledger.organization, from: PersonalTable.ofEveryService, tx)
                try await erasure.begin()
                return try await erasure.finish()
            }
            #expect(deeds.first { $0.table == "audit_log" }?.rows == 3)
            let left = try await ledger.stored.sql(
                "select new_values ->> 'name', host(address) from billing.audit_log where by = 'test' order by seq")
            // Another's address stays, as does what they did to what was not theirs.
            #expect(left.split(separator: "\n", omittingEmptySubsequences: false) == ["Bear|", "Bear|", "|", "|192.0.2.1", "Ball|"])
            let verified = try await ledger.verify()
            #expect(verified.rows == 5 && verified.blank == 3)
            try await ledger.seal()
            #expect(try await ledger.verify().rows == 6)

            let number = try await ledger.number(0)
            try await ledger.stored.sql(
                """
                set role billing_owner;
                update billing.audit_log e set erased = substr(billing.audit_leaf(e), 9), new_values = null where seq = \(number)
                """)
            #expect(try await ledger.breach() == "4 rows are blank, and erasures have blanked 3")
        }
    }

    @Test func `A row whose transaction commits late is sealed all the same, and none before it`() async throws {
        try await withLedger { ledger in
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let (end, finish) = AsyncStream<Void>.makeStream()
            let late = Task {
                try await ledger.database.transaction(as: Tenant(ledger.organization)) { tx in
                    _ = try await tx.execute(ledger.insert)
                    begin.yield()
                    for await _ in end { break }
                }
            }
            for await _ in begun { break }
            try await ledger.write(2)
            // Waits for the first, whose number is smaller.
            let sealing = Task { try await ledger.seal() }
            while try await ledger.stored.sql("select count(*) from billing.jobs where lease_token is not null") == "0" {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await ledger.stored.sql("select count(*) from billing.audit_seals") == "0")
            finish.yield()
            try await late.value
            try await sealing.value
            let verified = try await ledger.verify()
            #expect(verified.rows == 3 && verified.seals == 1 && verified.unsealed == 0)
        }
    }

    @Test func `Many writers and a sealer beside them: every row is under one seal`() async throws {
        try await withLedger { ledger in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for writer in 0..<6 {
                    tasks.addTask {
                        for round in 0..<30 {
                            // Some give up, and leave a gap in the numbers.
                            struct GaveUp: Error {}
                            do {
                                try await ledger.database.transaction(as: Tenant(ledger.organization)) { tx in
                                    _ = try await tx.execute(ledger.insert)
                                    if (round + writer) % 5 == 0 { throw GaveUp() }
                                }
                            } catch is GaveUp {}
                        }
                    }
                }
                tasks.addTask { for _ in 0..<15 { try await ledger.seal() } }
                try await tasks.waitForAll()
            }
            try await ledger.seal()
            let verified = try await ledger.verify()
            #expect(verified.rows == 144)
            #expect(try await ledger.stored.sql("select sum(octet_length(leaves)) / 40 from billing.audit_seals") == "144")
        }
    }

    @Test func `More rows than a portion are several seals`() async throws {
        try await withLedger { ledger in
            try await ledger.stored.sql(
                """
                insert into billing.audit_log (organization_id, action, by, record_type, record_id)
                select gen_random_uuid(), 'create', 'test', 'toys', gen_random_uuid()
                from generate_series(1, \(AuditSealing.portion * 2 + 1))
                """)
            try await ledger.seal()
            let verified = try await ledger.verify()
            #expect(verified.rows == AuditSealing.portion * 2 + 1 && verified.seals == 3 && verified.unsealed == 0)
        }
    }
}
