import AMQP
import ContractKit
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Reads the stream `palestra.everyone` in every process, from ten minutes back: a process that was away hears what it missed.
///
/// A broken or missing stream never ends the process: what it must know in time (ended login sessions) expires by itself
/// within minutes.
final class EveryoneListener: Service {
    /// Longer than an access token lives.
    static let lookBack: TimeInterval = 600

    private let broker: BrokerConfiguration
    private let listeners: [String: [BoundListener]]
    private let current = Mutex<Consumer?>(nil)
    private let waits = Waits()
    private let logger: Logger

    init(listeners: [BoundListener], broker: BrokerConfiguration, logger: Logger) {
        var broker = broker
        broker.connectionName += " everyone"
        self.broker = broker
        self.listeners = Dictionary(grouping: listeners, by: \.type)
        self.logger = logger
    }

    var isSubscribed: Bool { current.withLock { $0?.isSubscribed ?? false } }

    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            var backoff = Backoff(from: .seconds(1), to: .seconds(5))
            while !waits.isStopping {
                do { try await nextConsumer().run { await self.hear($0) } } catch {
                    logger.error("The broadcast stream cannot be read", metadata: ["reason": "\(error)"])
                    await waits.wait(atMost: backoff.next())
                }
            }
        } onCancelOrGracefulShutdown: {
            self.waits.stop()
            self.current.withLock { $0 }?.stop()
        }
    }

    /// A consumer runs once: one that the broker refused is replaced.
    private func nextConsumer() -> Consumer {
        let consumer = Consumer(
            Consumer.Configuration(
                broker, queue: BrokerNames.everyone, prefetch: 200, maximumBatch: 100,
                streamOffset: .timestamp(Date().addingTimeInterval(-Self.lookBack))),
            logger: logger)
        current.withLock { $0 = consumer }
        // The stop may have come while there was none to stop.
        if waits.isStopping { consumer.stop() }
        return consumer
    }

    private func hear(_ window: [Delivery]) async -> [Settlement] {
        for delivery in window {
            guard let header = try? JSON.decode(EventHeader.self, from: delivery.body) else { continue }
            for listener in listeners[header.type] ?? [] {
                do {
                    try await TraceContext.$traceparent.withValue(header.traceparent) {
                        try await listener.hear(delivery.body, Occasion(header))
                    }
                } catch {
                    logger.error("A broadcast event has another shape than expected", metadata: ["type": "\(header.type)"])
                }
            }
        }
        return Array(repeating: .ack, count: window.count)
    }
}
