public import Logging

/// Configures a broker and works on queues by hand: for the topology step, the dead letter commands and tests.
///
/// Connects on first use and again after an error; calls run one after the other. Each throws ``BrokerError`` and returns within
/// ``BrokerConfiguration/callDeadline``.
public final class TopologyChannel: Sendable {
    public enum ExchangeType: String, Sendable, Hashable {
        case topic, direct, fanout, headers
        case consistentHash = "x-consistent-hash"
    }

    public init(_ configuration: BrokerConfiguration, logger: Logger) { fatalError() }

    /// Connects now, to learn early whether that works.
    public func connect() async throws { fatalError() }

    /// `alternate` names the exchange that gets what this one cannot route.
    public func declareExchange(
        _ name: String, type: ExchangeType, isDurable: Bool = true, alternate: String? = nil, arguments: [String: HeaderValue] = [:]
    ) async throws { fatalError() }

    public func deleteExchange(_ name: String) async throws { fatalError() }

    /// Durable unless said otherwise; `arguments` such as `x-queue-type`. Other arguments than an existing queue's are a
    /// `channelClosed(406)`.
    public func declareQueue(_ name: String, isDurable: Bool = true, arguments: [String: HeaderValue] = [:]) async throws { fatalError() }

    public func bind(queue: String, exchange: String, routingKey: String, arguments: [String: HeaderValue] = [:]) async throws { fatalError() }

    public func unbind(queue: String, exchange: String, routingKey: String, arguments: [String: HeaderValue] = [:]) async throws { fatalError() }

    /// A queue that is not there is no error.
    public func deleteQueue(_ name: String) async throws { fatalError() }

    /// - Returns: how many messages were thrown away.
    @discardableResult public func purge(_ queue: String) async throws -> Int { fatalError() }

    /// How many messages are ready in `queue`, by a passive declaration; nil when there is no such queue.
    public func messageCount(_ queue: String) async throws -> Int? { fatalError() }

    /// The next message of `queue`, or nil when none is ready. Settle it; until then it is ours alone.
    public func get(_ queue: String) async throws -> Delivery? { fatalError() }

    /// Settles what ``get(_:)`` gave.
    ///
    /// - Throws: `.connectionLost` when the connection it came on is gone: the broker has put the message back.
    public func settle(_ tag: Delivery.Tag, _ settlement: Settlement) async throws { fatalError() }

    /// Publishes one message and waits for its confirm.
    public func publish(_ message: Message) async throws -> PublishOutcome { fatalError() }

    /// Closes the connection; what was not settled goes back to its queue.
    public func close() async { fatalError() }
}
