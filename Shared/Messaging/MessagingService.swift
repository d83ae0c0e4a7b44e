public import AMQP
public import ContractKit
import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization

/// All of a process's messaging: the relay of what it says, the reactions to what it hears, the listeners to broadcasts.
///
/// Put ``services`` into the process's `ServiceGroup` behind the database and before the HTTP server: a group stops from
/// the end, so the door closes first, then the running reaction finishes, then the relay's window, then the connections.
public struct MessagingService: Sendable {
    public let services: [any Service]
    private let state: MessagingState
    private let publisher: Publisher?
    private let subscriptions: [@Sendable () -> Bool]

    /// A service with a database.
    public init(
        service: any ServiceContract.Type, reactions: [any Reaction] = [], listeners: [any Listener] = [], database: Database,
        broker: BrokerConfiguration, schedule: RetrySchedule = .standard, logger: Logger
    ) {
        let name = service.name
        let state = MessagingState()
        var publishing = broker
        publishing.connectionName += " publisher"
        let publisher = Publisher(publishing, logger: logger)
        var services: [any Service] = [
            PublisherService(publisher: publisher),
            OutboxRelay(service: name, database: database, publisher: publisher, state: state, logger: logger),
        ]
        var subscriptions: [@Sendable () -> Bool] = []
        if !reactions.isEmpty {
            let consumer = ReactionConsumer(
                service: name, reactions: reactions.map { BoundReaction($0) }, database: database, broker: broker,
                publisher: publisher, schedule: schedule, logger: logger)
            services.append(consumer)
            subscriptions.append { consumer.isSubscribed }
        }
        if let listener = Self.broadcasts(listeners, broker, logger) {
            services.append(listener)
            subscriptions.append { listener.isSubscribed }
        }
        (self.services, self.state, self.publisher, self.subscriptions) = (services, state, publisher, subscriptions)
    }

    /// A process that only listens, such as the edge.
    public init(listeners: [any Listener], broker: BrokerConfiguration, logger: Logger) {
        let listener = Self.broadcasts(listeners, broker, logger)
        services = listener.map { [$0] } ?? []
        subscriptions = listener.map { listener in [{ listener.isSubscribed }] } ?? []
        (state, publisher) = (MessagingState(), nil)
    }

    private static func broadcasts(_ listeners: [any Listener], _ broker: BrokerConfiguration, _ logger: Logger) -> EveryoneListener? {
        guard !listeners.isEmpty else { return nil }
        return EveryoneListener(listeners: listeners.map { BoundListener($0) }, broker: broker, logger: logger)
    }

    /// How messaging is doing now; asks nobody, so it is cheap.
    public var health: MessagingHealth {
        let (isLeader, backlog) = state.current
        return MessagingHealth(
            isConnected: (publisher?.isConnected ?? true) && subscriptions.allSatisfy { $0() },
            isBlocked: publisher?.isBlocked ?? false, isLeader: isLeader, pending: backlog?.pending,
            oldest: backlog.map { .seconds($0.oldestSeconds) })
    }
}

/// A process without its broker still works: what it says waits in the outbox. So this degrades readiness, it does not end it.
public struct MessagingHealth: Sendable, Hashable {
    /// Whether every connection that this process needs is open and subscribed.
    public var isConnected: Bool
    /// Whether the broker takes nothing for now (memory or disk alarm).
    public var isBlocked: Bool
    /// Whether this replica publishes the outbox.
    public var isLeader: Bool
    /// Events that wait to be published, counted up to 100,001, some seconds ago; nil before the first count and without a database.
    public var pending: Int?
    /// Age of the oldest of them.
    public var oldest: Duration?
}

/// What the parts of messaging tell each other.
final class MessagingState: Sendable {
    struct Values: Sendable {
        var isLeader = false
        var backlog: Outbox.Backlog?
    }

    private let values = Mutex(Values())

    var current: (isLeader: Bool, backlog: Outbox.Backlog?) { values.withLock { ($0.isLeader, $0.backlog) } }

    func update(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }
}

/// Keeps the one connection that publishes: events by the relay, letters by the reactions.
struct PublisherService: Service {
    let publisher: Publisher

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await publisher.run()
        } onGracefulShutdown: {
            Task { await publisher.close() }
        }
    }
}
