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

    private func schema(of service: ServiceName, _ database: TestDatabase) async throws -> String {
        let dump = try await runProcess("pg_dump", ["--schema-only", "--schema", service.rawValue, database.adminURL]).checked("pg_dump")
        // The word that protects a dump from what stands in it is another one each time.
        let lines = dump.split(separator: "\n").filter { !$0.hasPrefix("\\restrict ") && !$0.hasPrefix("\\unrestrict ") }
        return lines.joined(separator: "\n")
    }

    @Test(
        "S0-75, S1-116, S2-72: a schema that is taken back to any older version comes back in one run as it was",
        arguments: ServiceName.allCases)
    func aSchemaComesBack(_ service: ServiceName) async throws {
        try await withDatabase(service) { database in
            let whole = try await schema(of: service, database)
            for folder in Self.folders(service) {
                let changes = try changes(in: folder)
                for count in 1...changes.count {
                    try await takeBack(count, of: changes, in: folder, of: service, database)
                    #expect(try await schema(of: service, database) != whole, "\(folder): \(count) changes leave something to take back")
                    try await runProcess(
                        Repository.url("deploy/postgres/migrate").path, [service.rawValue],
                        environment: ["OWNER_DATABASE_URL": database.ownerURL(service)]
                    ).checked("deploy/postgres/migrate \(service)")
                    let back = try await schema(of: service, database)
                    let others = Set(back.split(separator: "\n")).symmetricDifference(whole.split(separator: "\n"))
                    #expect(back == whole, "\(folder), \(count) changes: \(others)")
                }
            }
        }
    }
}
