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

    /// Takes back the last changes: as many as that.
    private func takeBack(
        _ count: Int, of changes: [String], in folder: String, of service: ServiceName, _ database: TestDatabase
    ) async throws {
        let target = "db:pg:" + database.ownerURL(service).replacing("postgresql:", with: "")
        let arguments = [
            "--chdir", Repository.url(folder).path, "revert", "-y", "--target", target, "--registry", "\(service)_migrations", "--set",
            "schema=\(service)", "--set", "role=\(service)",
        ]
        let last = count < changes.count ? ["--to", changes[changes.count - count - 1]] : []
        try await runProcess(
            "sqitch", arguments + last,
            environment: [
                "SQITCH_USER_CONFIG": "/dev/null", "SQITCH_SYSTEM_CONFIG": "/dev/null", "SQITCH_FULLNAME": "Tests",
                "SQITCH_EMAIL": "tests@palestra.invalid", "LC_ALL": "C.UTF-8",
            ]
        ).checked("sqitch revert in \(folder)")
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
        "S0-75, S1-116, S2-72: a schema that is taken back to an older version comes back in one run as it was",
        arguments: ServiceName.allCases)
    func aSchemaComesBack(_ service: ServiceName) async throws {
        try await withDatabase(service) { database in
            let whole = try await schema(of: service, database)
            for folder in Self.folders(service) {
                let changes = try changes(in: folder)
                // The newest one by one, which nobody has taken back yet, and of the others every eighth: from further back it takes longer.
                for count in 1...changes.count where count <= 8 || count % 8 == 0 || count == changes.count {
                    try await takeBack(count, of: changes, in: folder, of: service, database)
                    #expect(try await schema(of: service, database) != whole, "\(folder): \(count) changes leave something to take back")
                    try await bringUp(service, database)
                    let back = try await schema(of: service, database)
                    let others = Set(back.split(separator: "\n")).symmetricDifference(whole.split(separator: "\n"))
                    #expect(back == whole, "\(folder), \(count) changes: \(others)")
                }
            }
        }
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

    @Test("S2-52: rows from before there were such columns say when they came, and the log says nothing of that")
    func rowsFromBeforeSayWhenTheyCame() async throws {
        for (service, rows, truth) in Self.early {
            try await withDatabase(service) { database in
                let folder = Self.folders(service)[0]
                let changes = try changes(in: folder)
                let place = try #require(changes.firstIndex(of: "timestamps"))
                try await takeBack(changes.count - place, of: changes, in: folder, of: service, database)
                try await database.sql("set session_replication_role = replica; \(rows)")
                try await bringUp(service, database)
                #expect(try await database.sql(truth) == "t", "\(service)")
                #expect(try await database.sql("select count(*) from \(service).audit_log") == "0", "\(service)")
            }
        }
    }
}
