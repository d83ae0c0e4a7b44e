import AMQP
import ArgumentParser
import Foundation
import Logging
import Synchronization

/// Takes everything that waits in a queue, with a prefetch of 256, and acknowledges it.
struct AMQPConsume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "amqp-consume")
    @Argument(help: "The broker, amqp://user:password@host:port/vhost.") var url: String
    @Argument(help: "The queue.") var queue: String

    func run() async throws {
        let logger = Logger(label: "bench")
        let configuration = BrokerConfiguration(try BrokerAddress(url), connectionName: "bench consumer")
        let channel = TopologyChannel(configuration, logger: logger)
        guard let waiting = try await channel.messageCount(queue), waiting > 0 else { throw BenchError.nothingWaits }
        let consumer = Consumer(.init(configuration, queue: queue, prefetch: 256, maximumBatch: 256), logger: logger)
        let progress = Mutex((taken: 0, start: ContinuousClock.now, end: ContinuousClock.now))
        try await consumer.run { batch in
            let isLast = progress.withLock { progress in
                if progress.taken == 0 { progress.start = .now }
                progress.taken += batch.count
                progress.end = .now
                return progress.taken >= waiting
            }
            if isLast { consumer.stop() }
            return Array(repeating: .ack, count: batch.count)
        }
        let (taken, start, end) = progress.withLock(\.self)
        // Whatever was not acknowledged has come back by now.
        let left = try await channel.messageCount(queue) ?? 0
        guard left == 0 else { throw BenchError.left(left) }
        await channel.close()
        try report(["per_second": Double(taken) / ((end - start) / .seconds(1)), "messages": Double(taken)])
    }
}
