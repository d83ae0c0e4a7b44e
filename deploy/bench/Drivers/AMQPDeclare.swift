import AMQP
import ArgumentParser
import Logging

/// Declares a quorum queue and empties it.
struct AMQPDeclare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "amqp-declare")
    @Argument(help: "The broker, amqp://user:password@host:port/vhost.") var url: String
    @Argument(help: "The queue.") var queue: String

    func run() async throws {
        let channel = TopologyChannel(
            BrokerConfiguration(try BrokerAddress(url), connectionName: "bench topology"), logger: Logger(label: "bench"))
        try await channel.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
        try report(["purged": Double(try await channel.purge(queue))])
        await channel.close()
    }
}
