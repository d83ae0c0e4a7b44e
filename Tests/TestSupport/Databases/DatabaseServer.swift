import Foundation

/// One of the five services that have a schema.
public enum ServiceName: String, Sendable, Hashable, CaseIterable {
    case auth, scheduling, workouts, billing, notifications
}

/// A PostgreSQL server that tests may make and drop databases on.
public struct DatabaseServer: Sendable, Hashable {
    let host: String
    let port: Int
    let user: String
    let password: String

    /// - Parameter url: A superuser's, on this machine: everything in the cluster is at the tests' mercy.
    /// - Throws: ``TestSupportError`` for any other host.
    public init(url: String) throws {
        guard let parts = URLComponents(string: url), ["postgresql", "postgres"].contains(parts.scheme), let user = parts.user else {
            throw TestSupportError("this is not a PostgreSQL URL with a user: \(url)")
        }
        // A parameter could name another host than the one before the path.
        guard let host = parts.host, ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host), parts.query == nil else {
            throw TestSupportError(
                "tests create and drop databases: they use a server on the loopback interface only, given without parameters")
        }
        (self.host, self.user) = (host, user)
        port = parts.port ?? 5432
        password = parts.password ?? ""
    }

    /// The server that `deploy/local test` started for this run.
    public static func ofThisRun() throws -> DatabaseServer {
        try DatabaseServer(url: variable("PALESTRA_TEST_POSTGRES"))
    }

    func url(user: String, password: String, database: String) -> String {
        "postgresql://\(user)\(password.isEmpty ? "" : ":\(password)")@\(host):\(port)/\(database)"
    }

    public func adminURL(database: String = "postgres") -> String { url(user: user, password: password, database: database) }
    public func ownerURL(_ service: ServiceName, database: String) -> String {
        url(user: "\(service)_owner", password: Self.servicePassword, database: database)
    }
    public func url(_ service: ServiceName, database: String) -> String {
        url(user: service.rawValue, password: Self.servicePassword, database: database)
    }

    /// The password of every service's roles in tests. Roles belong to the cluster, so parallel test processes must agree on it.
    static let servicePassword = ProcessInfo.processInfo.environment["PALESTRA_TEST_PASSWORD"] ?? "test"

    /// Runs statements as superuser, each in a transaction of its own; psql, so that what is under test is not what prepares the test.
    /// - Returns: The rows, unaligned, columns separated by `|`.
    @discardableResult public func sql(_ statements: String, database: String = "postgres") async throws -> String {
        try await psql(["-A", "-t"], database: database, input: statements).checked("psql")
    }

    func psql(
        _ arguments: [String], database: String, environment: [String: String] = [:], input: String = ""
    ) async throws -> ProcessOutput {
        let access = [
            "PGHOST": host, "PGPORT": String(port), "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database,
            "PGCONNECT_TIMEOUT": "10",
        ]
        return try await runProcess(
            "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1"] + arguments, environment: access.merging(environment) { $1 }, input: input)
    }

    /// Makes a database as an operator would: bootstrap, then every service's migrations.
    public func makeDatabase(_ name: String, for services: [ServiceName]) async throws {
        var passwords: [String: String] = [:]
        for service in services {
            passwords["\(service.rawValue.uppercased())_PASSWORD"] = Self.servicePassword
            passwords["\(service.rawValue.uppercased())_OWNER_PASSWORD"] = Self.servicePassword
        }
        let names = services.map(\.rawValue).joined(separator: " ")
        let bootstrap = Repository.url("deploy/postgres/bootstrap.sql").path
        try await psql(
            ["-v", "database=\(name)", "-v", "services=\(names)", "-f", bootstrap], database: "postgres", environment: passwords
        ).checked("deploy/postgres/bootstrap.sql")
        for service in services {
            try await runProcess(
                Repository.url("deploy/postgres/migrate").path, [service.rawValue],
                environment: ["OWNER_DATABASE_URL": ownerURL(service, database: name)]
            ).checked("deploy/postgres/migrate \(service)")
        }
    }

    /// Drops a database, whoever is connected to it.
    public func dropDatabase(_ name: String) async throws {
        try await sql(#"drop database if exists "\#(name)" with (force)"#)
    }
}

/// A variable of the environment that `deploy/local test` sets.
func variable(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
        throw TestSupportError("\(name) is not set: run the tests with `deploy/local test`, which starts the servers they need")
    }
    return value
}
