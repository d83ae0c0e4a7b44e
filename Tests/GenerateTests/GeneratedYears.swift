import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

/// A database that `deploy/local generate` has filled: enough rows for the planner to have a choice. It goes with the server.
struct GeneratedYears: Sendable {
    static let people = 1200
    static let organizations = 5
    static let password = "palestra-generated"

    let database: TestDatabase
    /// Of the keys that everything is sealed with.
    let settings: [String: String]
    /// What the generator said.
    let report: String

    /// Made once for all tests that leave it as it is.
    static func shared() async throws -> GeneratedYears { try await making.value }
    private static let making = Task { try await make() }

    static func make() async throws -> GeneratedYears {
        let (made, make) = AsyncThrowingStream<GeneratedYears, any Error>.makeStream()
        Task {
            do {
                try await withDatabase(.auth, .scheduling, .workouts, .billing, .notifications) { database in
                    make.yield(try await GeneratedYears(in: database))
                    // Lent until the process ends.
                    while true { try await Task.sleep(for: .seconds(3600)) }
                }
            } catch { make.finish(throwing: error) }
        }
        for try await years in made { return years }
        throw TestSupportError("nothing was generated")
    }

    private init(in database: TestDatabase) async throws {
        self.database = database
        settings = try await TestKeys.make().settings
        report = try await Self.generate(into: database, settings, "--people", "\(Self.people)", "--scale", "0.12").checked("generate")
        // Nobody has done what is generated: the logs are empty but for these.
        for service in ServiceName.allCases {
            try await database.sql(
                """
                insert into \(service).audit_log (organization_id, action, by, record_type, record_id)
                select organization_id, 'create', 'generate', 'organizations', organization_id from auth.organizations
                """)
        }
    }

    /// Runs the program as `deploy/local generate` does.
    static func generate(into database: TestDatabase, _ settings: [String: String], _ arguments: String...) async throws -> ProcessOutput {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [tests, Repository.url(".build/debug")].map { $0.appendingPathComponent("PalestraGenerate").path }
        guard let program = places.first(where: FileManager.default.isExecutableFile) else {
            throw TestSupportError("PalestraGenerate is not built")
        }
        let admin = try #require(URLComponents(string: database.adminURL))
        let environment = [
            "PGHOST": admin.host ?? "", "PGPORT": "\(admin.port ?? 5432)", "PGUSER": admin.user ?? "", "PGPASSWORD": admin.password ?? "",
            "PGDATABASE": database.name,
        ]
        return try await runProcess(
            program, ["--organizations", "\(organizations)"] + arguments, environment: environment.merging(settings) { $1 })
    }
}

extension GeneratedYears {
    /// An organization by its place; the first is the biggest.
    func organization(_ place: Int) async throws -> OrganizationID {
        let id = try await database.sql("select organization_id from auth.organization_slugs where slug = 'generated-1-00\(place)'")
        return try #require(OrganizationID(id))
    }
}
