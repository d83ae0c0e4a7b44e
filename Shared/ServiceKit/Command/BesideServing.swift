import AMQP
import Dispatch
import Foundation
import Logging
import Messaging
import Postgres
import ServiceLifecycle
import Synchronization

// What runs beside the endpoints and reactions of every service.

/// Holds the database open until everything that uses it has stopped.
struct DatabaseCloser: Service {
    let database: Database

    func run() async throws {
        try? await gracefulShutdown()
        await database.close()
    }
}

/// Looks whether the broker has our queues, until it does. Its absence is not fatal: events wait in the outbox meanwhile.
final class TopologyWatch: Service {
    private let topology: Topology
    private let broker: BrokerConfiguration
    private let logger: Logger
    private let missing = Mutex(false)

    init(topology: Topology, broker: BrokerConfiguration, logger: Logger) {
        (self.topology, self.broker, self.logger) = (topology, broker, logger)
    }

    /// Whether the last look found queues missing.
    var isMissing: Bool { missing.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var told = ""
            while !Task.isCancelled {
                do {
                    try await self.topology.check(self.broker, logger: self.logger)
                    self.missing.withLock { $0 = false }
                    break
                } catch {
                    self.missing.withLock { $0 = error is TopologyError }
                    if told != "\(error)" { self.logger.warning("topology not complete", metadata: ["error": "\(error)"]) }
                    told = "\(error)"
                    try? await Task.sleep(for: .seconds(3))
                }
            }
            try? await gracefulShutdown()
        }
    }
}

/// The first signal asks the service to finish what it does; the second one ends it.
final class Impatience {
    private let sources: [any DispatchSourceSignal]

    init() {
        let signals = Count()
        sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if signals.next() > 1 { exit(130) } }
            source.resume()
            return source
        }
    }

    func end() { for source in sources { source.cancel() } }

    private final class Count: Sendable {
        private let value = Mutex(0)

        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
}
