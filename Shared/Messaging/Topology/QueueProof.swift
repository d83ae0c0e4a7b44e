import AMQP
import Foundation
import Logging

/// Proves a queue by a message that goes in with a confirm and comes out again.
struct QueueProof {
    /// Real messages that are held for a moment while the canary is looked for among them.
    static let lookedAt = 20

    let queue: Topology.Queue
    let channel: TopologyChannel
    let broker: BrokerConfiguration
    let logger: Logger

    func run() async throws {
        if queue.kind == .stream { return try await proveStream() }
        let waiting = try await channel.messageCount(queue.name) ?? 0
        // Dead letters wait for a person: a canary behind them would lie there with them. That one of them can be taken
        // shows that the queue has a leader.
        if queue.kind == .dead, waiting > 0 {
            guard let head = try await channel.get(queue.name) else { return }
            return try await channel.settle(head.tag, .requeue)
        }
        let id = try await publishCanary()
        try await takeBack(id)
    }

    /// Takes the canary back out. Behind a backlog it stays: it goes the way of all messages there, and a consumer
    /// acknowledges it. Where a consumer waits, it may have it before us.
    private func takeBack(_ id: String) async throws {
        var held: [Delivery] = []
        while held.count < Self.lookedAt, let delivery = try await channel.get(queue.name) {
            if delivery.type == Canary.type {
                try await channel.settle(delivery.tag, .ack)
                if delivery.messageID == id { break }
            } else {
                held.append(delivery)
            }
        }
        for delivery in held { try await channel.settle(delivery.tag, .requeue) }
    }

    /// - Returns: its id.
    private func publishCanary() async throws -> String {
        let id = UUID().uuidString.lowercased()
        let canary = Message(
            exchange: BrokerNames.defaultExchange, routingKey: queue.name, body: Data(), messageID: id, type: Canary.type)
        let outcome = try await channel.publish(canary)
        guard outcome == .confirmed else { throw TopologyError.unproven(queue.name, "a test message was answered with \(outcome)") }
        return id
    }

    /// A stream has no `get`: a reader that begins a minute back meets the canary. Its end would be too late a place to begin: several
    /// services prove the stream at once, and another one's canary may be behind ours by then.
    private func proveStream() async throws {
        let id = try await publishCanary()
        let reader = Consumer(
            Consumer.Configuration(broker, queue: queue.name, prefetch: 100, maximumBatch: 100, streamOffset: .timestamp(Date(timeIntervalSinceNow: -60))),
            logger: logger)
        let name = queue.name
        let deadline = broker.callDeadline
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await reader.run { window in
                    if window.contains(where: { $0.messageID == id }) { reader.stop() }
                    return Array(repeating: .ack, count: window.count)
                }
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw TopologyError.unproven(name, "a confirmed message did not come back in \(deadline)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
