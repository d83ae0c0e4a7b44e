import Foundation

/// A RabbitMQ node for one test: one that may be killed.
public struct PrivateRabbitMQ: Sendable {
    public let server: BrokerServer
    /// Everything that it has.
    public let directory: String

    /// SIGKILL. Queues declared less than about a second before are lost with all that was confirmed: let them get five seconds old.
    public func kill() async throws { try await control("kill") }
    /// Ends it in good order.
    public func stop() async throws { try await control("stop") }
    /// Starts it again on the same port, with its data, and returns when it takes connections: after four seconds or more.
    public func start() async throws { try await control("start", String(server.port)) }

    /// `rabbitmqctl` on this node. - Returns: what it printed.
    @discardableResult public func control(_ arguments: [String]) async throws -> String {
        try await runProcess(Repository.url("deploy/servers/rabbitmq").path, ["ctl", directory] + arguments)
            .checked("rabbitmqctl \(arguments.first ?? "")")
    }

    private func control(_ command: String...) async throws {
        let arguments = [command[0], directory] + command.dropFirst()
        try await runProcess(Repository.url("deploy/servers/rabbitmq").path, arguments).checked("deploy/servers/rabbitmq \(command[0])")
    }
}

/// Lends a node of its own and removes it with everything in it. `settings` are lines of its configuration.
public func withPrivateRabbitMQ<Result>(
    settings: String = "", isolation: isolated (any Actor)? = #isolation, _ body: (PrivateRabbitMQ) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let script = Repository.url("deploy/servers/rabbitmq").path
    let output = try await runProcess(script, ["start", directory.url.path], environment: ["RABBITMQ_SETTINGS": settings])
        .checked("deploy/servers/rabbitmq start")
    let lines = output.split(separator: "\n")
    func value(_ name: String) -> String { lines.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) } ?? "" }
    let server = try BrokerServer(amqp: value("amqp"), management: value("management"))
    let rabbit = PrivateRabbitMQ(server: server, directory: directory.url.path)
    do {
        let result = try await body(rabbit)
        try await rabbit.kill()
        return result
    } catch {
        try? await rabbit.kill()
        throw error
    }
}
