import Foundation
public import Logging
public import Postgres
import Synchronization

/// A database that belongs to one test, with the schemas of one or more services.
public final class TestDatabase: Sendable {
    public let server: DatabaseServer
    public let name: String
    public let services: [ServiceName]
    private let opened = Mutex<[Database]>([])

    init(server: DatabaseServer, name: String, services: [ServiceName]) {
        (self.server, self.name, self.services) = (server, name, services)
    }

    /// As the (first) service connects: bound by row-level security, owner of nothing.
    public var url: String { url(services[0]) }
    /// As its migrations connect.
    public var ownerURL: String { ownerURL(services[0]) }
    /// As superuser: sees the rows of all organizations.
    public var adminURL: String { server.adminURL(database: name) }

    public func url(_ service: ServiceName) -> String { server.url(service, database: name) }
    public func ownerURL(_ service: ServiceName) -> String { server.ownerURL(service, database: name) }

    /// A pool as the service uses it, but for its patience: beside other suites anything may take a while, and what runs into a limit
    /// of its own is tested with one that it sets. Closed when the test is over.
    public func open(
        _ service: ServiceName? = nil, maximumConnections: Int = 8, logger: Logger = Logger(label: "test")
    ) -> Database {
        let service = service ?? services[0]
        let database = Database(
            Database.Configuration(
                url: url(service) + "?connect_timeout=30", schema: service.rawValue, applicationName: "test-\(service)",
                maximumConnections: maximumConnections, acquireTimeout: .seconds(30), statementTimeout: .seconds(30),
                lockTimeout: .seconds(30)),
            logger: logger)
        opened.withLock { $0.append(database) }
        return database
    }

    /// Runs statements as superuser, past row-level security. - Returns: rows, columns separated by `|`.
    @discardableResult public func sql(_ statements: String) async throws -> String { try await server.sql(statements, database: name) }

    func closeAll() async {
        let open = opened.withLock { databases in
            defer { databases = [] }
            return databases
        }
        for database in open { await database.close() }
    }
}

/// Lends a fresh, migrated database with the schemas of `services` and drops it afterwards.
///
/// Sixteen at most are lent at once, whatever runs in parallel: each may have some pools, and the server has its limit.
public func withDatabase<Result>(
    _ services: ServiceName..., isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    try await withDatabase(services, on: .ofThisRun(), isolation: isolation, body)
}

/// The same on a server of your choice, such as one that the test is going to kill.
public func withDatabase<Result>(
    _ services: [ServiceName], on server: DatabaseServer, isolation: isolated (any Actor)? = #isolation,
    _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    precondition(!services.isEmpty, "a database needs at least one service")
    return try await Turns.databases.take(isolation: isolation) {
        let sorted = services.sorted { $0.rawValue < $1.rawValue }
        let template = try await DatabaseTemplates.shared.template(for: sorted, on: server)
        let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(20))"
        try await server.sql(copying(template, to: name, services: sorted))
        let database = TestDatabase(server: server, name: name, services: services)
        do {
            let result = try await body(database)
            await database.closeAll()
            try await server.dropDatabase(name)
            return result
        } catch {
            await database.closeAll()
            // What made the test fail matters, not what its clean-up says (the server may be dead on purpose).
            try? await server.dropDatabase(name)
            throw error
        }
    }
}

/// Settings and rights of a database are not copied with it.
private func copying(_ template: String, to name: String, services: [ServiceName]) -> String {
    var statements = """
        create database "\(name)" template "\(template)" strategy file_copy;
        alter database "\(name)" set timezone = 'UTC';
        revoke all on database "\(name)" from public;

        """
    for service in services {
        for role in [service.rawValue, "\(service)_owner"] {
            statements += """
                grant connect, temporary on database "\(name)" to \(role);
                alter role \(role) in database "\(name)" set search_path = \(service);

                """
        }
        statements += "grant create on database \"\(name)\" to \(service)_owner;\n"
    }
    return statements
}
