import Foundation
import TestSupport
import Testing

/// Migrations go back as well as forth.
@Suite struct MigrationTests {
    /// Folders with migrations of a service: its own, and those that every service has.
    private static func folders(_ service: ServiceName) -> [String] {
        ["Services/\(service.rawValue.capitalized)/Migrations", "deploy/postgres/service"]
    }

    private func changes(in folder: String) throws -> [String] {
        let plan = try String(contentsOf: Repository.url("\(folder)/sqitch.plan"), encoding: .utf8)
        return plan.split(separator: "\n").filter { $0.first?.isLetter == true }.compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }

    /// Goes to where so many of the changes are in place, by `deploy` or by `revert`.
    private func go(
        _ command: String, to count: Int, of changes: [String], in folder: String, of service: ServiceName, _ database: TestDatabase
    ) async throws {
        let target = "db:pg:" + database.ownerURL(service).replacing("postgresql:", with: "")
        let arguments = [
            "--chdir", Repository.url(folder).path, command, command == "revert" ? "-y" : "--verify", "--target", target, "--registry",
            "\(service)_migrations", "--set", "schema=\(service)", "--set", "role=\(service)",
        ]
        try await runProcess(
            "sqitch", arguments + (count > 0 ? ["--to", changes[count - 1]] : []),
            environment: [
                "SQITCH_USER_CONFIG": "/dev/null", "SQITCH_SYSTEM_CONFIG": "/dev/null", "SQITCH_FULLNAME": "Tests",
                "SQITCH_EMAIL": "tests@palestra.invalid", "LC_ALL": "C.UTF-8",
            ]
        ).checked("sqitch \(command) in \(folder)")
    }

    private func bringUp(_ service: ServiceName, _ database: TestDatabase) async throws {
        try await runProcess(
            Repository.url("deploy/postgres/migrate").path, [service.rawValue],
            environment: ["OWNER_DATABASE_URL": database.ownerURL(service)]
        ).checked("deploy/postgres/migrate \(service)")
    }

    private func schema(of service: ServiceName, _ database: TestDatabase) async throws -> String {
        let dump = try await runProcess("pg_dump", ["--schema-only", "--schema", service.rawValue, database.adminURL]).checked("pg_dump")
        // The word that protects a dump from what stands in it is another one each time.
        let lines = dump.split(separator: "\n").filter { !$0.hasPrefix("\\restrict ") && !$0.hasPrefix("\\unrestrict ") }
        return lines.joined(separator: "\n")
    }

    @Test(
        "S0-75, S1-116, S2-72: every change is taken back and comes again, and older versions come up in one run",
        arguments: ServiceName.allCases)
    func aSchemaComesBack(_ service: ServiceName) async throws {
        try await withDatabase(service) { database in
            for folder in Self.folders(service) {
                let changes = try changes(in: folder)
                // The newest one by one, which nobody has taken back yet, and from further back by fours. What all services share needs that
                // only once.
                let isShared = folder == Self.folders(service)[1]
                let stops = (0..<changes.count).reversed().filter { place in
                    place == 0 || (changes.count - place <= 8 || place % 4 == 0) && (!isShared || service == .auth)
                }
                var schemas = [changes.count: try await schema(of: service, database)]
                var place = changes.count
                for stop in stops {
                    try await go("revert", to: stop, of: changes, in: folder, of: service, database)
                    schemas[stop] = try await schema(of: service, database)
                    #expect(schemas[stop] != schemas[place], "\(folder): taking back \(changes[stop..<place]) leaves everything as it was")
                    place = stop
                }
                try await bringUp(service, database)
                try await isAsBefore(schemas[changes.count], "\(folder), in one run", service, database)
                try await go("revert", to: 0, of: changes, in: folder, of: service, database)
                for stop in stops.reversed().dropFirst() {
                    try await go("deploy", to: stop, of: changes, in: folder, of: service, database)
                    try await isAsBefore(schemas[stop], "\(folder), \(changes[stop - 1])", service, database)
                }
                try await bringUp(service, database)
                try await isAsBefore(schemas[changes.count], folder, service, database)
            }
        }
    }

    private func isAsBefore(_ expected: String?, _ what: String, _ service: ServiceName, _ database: TestDatabase) async throws {
        let (now, before) = (try await schema(of: service, database), try #require(expected))
        let others = Set(now.split(separator: "\n")).symmetricDifference(before.split(separator: "\n"))
        #expect(now == before, "\(what): \(others)")
    }

    /// Rows as they were before tables said when their rows came, and what is true of them afterwards.
    private static let early: [(service: ServiceName, rows: String, truth: String)] = [
        (
            .auth,
            """
            insert into auth.member_grants (organization_id, grant_id, member_id, trainer_id, granted_at, revoked_at)
            values (\(ids), '2025-01-02', '2025-01-03')
            """,
            "select created_at = granted_at and updated_at = revoked_at from auth.member_grants"
        ),
        (
            .scheduling,
            """
            insert into scheduling.bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, updated_at)
            values (\(ids), 1, 'confirmed', '2025-01-02', '2025-01-03')
            """,
            "select created_at = booked_at and updated_at = '2025-01-03' from scheduling.bookings"
        ),
        (
            .workouts,
            """
            insert into workouts.sets (organization_id, set_id, workout_id, exercise_id, set_number, reps, logged_at)
            values (\(ids), 1, 5, '2025-01-02')
            """,
            "select created_at = logged_at and updated_at = logged_at from workouts.sets"
        ),
        (
            .billing,
            """
            insert into billing.payments (organization_id, payment_id, invoice_id, recorded_by, amount, method, received_at)
            values (\(ids), 500, 'cash', '2025-01-02')
            """,
            "select created_at = received_at and updated_at = received_at from billing.payments"
        ),
        (
            .notifications,
            """
            insert into notifications.mails (organization_id, mail_id, person_id, event_id, subject, body, status, created_at, settled_at)
            values (\(ids), 'Hello', '', 'sent', '2025-01-02', '2025-01-03')
            """,
            "select created_at = '2025-01-02' and updated_at = settled_at from notifications.mails"
        ),
    ]
    private static let ids = Array(repeating: "gen_random_uuid()", count: 4).joined(separator: ", ")

    @Test("S2-52: rows from before there were such columns say when they came, and the log says nothing of that", arguments: early)
    func rowsFromBeforeSayWhenTheyCame(_ service: ServiceName, _ rows: String, _ truth: String) async throws {
        try await withDatabase(service) { database in
            let folder = Self.folders(service)[0]
            let changes = try changes(in: folder)
            try await go("revert", to: try #require(changes.firstIndex(of: "timestamps")), of: changes, in: folder, of: service, database)
            try await database.sql("set session_replication_role = replica; \(rows)")
            try await bringUp(service, database)
            #expect(try await database.sql(truth) == "t", "\(service)")
            #expect(try await database.sql("select count(*) from \(service).audit_log") == "0", "\(service)")
        }
    }
}
