import Foundation

/// A PostgreSQL server for one installation: one that may be killed.
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

    private func control(_ command: String, _ more: String...) async throws { try await Self.control(command, directory, more) }

    /// What `deploy/servers/postgres` does and says.
    @discardableResult static func control(
        _ command: String, _ directory: String, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> String {
        try await runProcess(Repository.url("deploy/servers/postgres").path, [command, directory] + more, environment: environment)
            .checked("deploy/servers/postgres \(command)")
    }

    /// Starts one on the files in `directory`, which are made if need be.
    static func start(in directory: URL, environment: [String: String] = [:]) async throws -> PrivatePostgres {
        let url = try await control("start", directory.path, environment: environment)
        return PrivatePostgres(server: try DatabaseServer(url: url), directory: directory.path)
    }
}
