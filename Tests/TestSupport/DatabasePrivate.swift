import Foundation

/// A PostgreSQL server for one test: one that may be killed.
public struct PrivatePostgres: Sendable {
    public let server: DatabaseServer
    /// Everything that it has.
    public let directory: String

    /// SIGKILL to all its processes at once: what was not yet written is lost.
    public func kill() async throws { try await control("kill") }
    /// Ends it in good order.
    public func stop() async throws { try await control("stop") }
    /// Starts it again on the same port, with its data.
    public func start() async throws { try await control("start", String(server.port)) }

    private func control(_ command: String...) async throws {
        let arguments = [command[0], directory] + command.dropFirst()
        try await runProcess(Repository.url("deploy/servers/postgres").path, arguments).checked("deploy/servers/postgres \(command[0])")
    }
}

/// Lends a server of its own and removes it with everything in it. `settings` are lines of its configuration.
public func withPrivatePostgres<Result>(
    settings: String = "", isolation: isolated (any Actor)? = #isolation, _ body: (PrivatePostgres) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let script = Repository.url("deploy/servers/postgres").path
    let url = try await runProcess(script, ["start", directory.url.path], environment: ["POSTGRES_SETTINGS": settings])
        .checked("deploy/servers/postgres start")
    let postgres = PrivatePostgres(server: try DatabaseServer(url: url), directory: directory.url.path)
    do {
        let result = try await body(postgres)
        try await postgres.kill()
        return result
    } catch {
        try? await postgres.kill()
        throw error
    }
}
