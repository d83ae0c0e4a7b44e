public import Logging
import Synchronization

/// Configures a broker and works on queues by hand: for the topology step, the dead letter commands and tests.
///
/// Connects on first use and again after an error; calls run one after the other. Each throws ``BrokerError`` and returns within
/// ``BrokerConfiguration/callDeadline``.
public final class TopologyChannel: Sendable {
    public enum ExchangeType: String, Sendable, Hashable {
        case topic, direct, fanout, headers
        case consistentHash = "x-consistent-hash"
    }

    private let configuration: BrokerConfiguration
    private let logger: Logger
    private let mailbox = Mailbox<TopologyLoop.Command>()
    private let hasThread = Mutex(false)

    public init(_ configuration: BrokerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    deinit { mailbox.post(.stop) }

    /// Connects now, to learn early whether that works.
    public func connect() async throws {
        try await perform { loop throws(BrokerError) in _ = try loop.connected() }
    }

    /// `alternate` names the exchange that gets what this one cannot route.
    public func declareExchange(
        _ name: String, type: ExchangeType, isDurable: Bool = true, alternate: String? = nil, arguments: [String: HeaderValue] = [:]
    ) async throws {
        var arguments = arguments
        if let alternate { arguments["alternate-exchange"] = .string(alternate) }
        let all = arguments
        try await perform { loop throws(BrokerError) in
            try loop.connected().declareExchange(name, type: type.rawValue, isDurable: isDurable, arguments: all)
        }
    }

    public func deleteExchange(_ name: String) async throws {
        try await perform { loop throws(BrokerError) in try loop.connected().deleteExchange(name) }
    }

    /// Durable unless said otherwise; `arguments` such as `x-queue-type`. Other arguments than an existing queue's are a
    /// `channelClosed(406)`.
    public func declareQueue(_ name: String, isDurable: Bool = true, arguments: [String: HeaderValue] = [:]) async throws {
        try await perform { loop throws(BrokerError) in
            _ = try loop.connected().declareQueue(name, isDurable: isDurable, arguments: arguments)
        }
    }

    public func bind(queue: String, exchange: String, routingKey: String, arguments: [String: HeaderValue] = [:]) async throws {
        try await perform { loop throws(BrokerError) in
            try loop.connected().bind(queue: queue, exchange: exchange, key: routingKey, arguments: arguments)
        }
    }

    public func unbind(queue: String, exchange: String, routingKey: String, arguments: [String: HeaderValue] = [:]) async throws {
        try await perform { loop throws(BrokerError) in
            try loop.connected().unbind(queue: queue, exchange: exchange, key: routingKey, arguments: arguments)
        }
    }

    /// A queue that is not there is no error.
    public func deleteQueue(_ name: String) async throws {
        try await perform { loop throws(BrokerError) in try loop.connected().deleteQueue(name) }
    }

    /// - Returns: how many messages were thrown away.
    @discardableResult public func purge(_ queue: String) async throws -> Int {
        try await perform { loop throws(BrokerError) in try loop.connected().purge(queue) }
    }

    /// How many messages are ready in `queue`, by a passive declaration; nil when there is no such queue.
    public func messageCount(_ queue: String) async throws -> Int? {
        try await perform { loop throws(BrokerError) in
            do throws(BrokerError) {
                return try loop.connected().declareQueue(queue, isPassive: true)
            } catch {
                if case .channelClosed(code: 404) = error.kind { return nil }
                throw error
            }
        }
    }

    /// The next message of `queue`, or nil when none is ready. Settle it; until then it is ours alone.
    public func get(_ queue: String) async throws -> Delivery? {
        let deadline = ContinuousClock.now + configuration.callDeadline
        return try await perform { loop throws(BrokerError) in
            let connection = try loop.connected()
            guard try connection.beginGet(queue) else { return nil }
            return try loop.waitFor(connection, by: deadline) { if case .delivered(let delivery) = $0 { delivery } else { nil } }
        }
    }

    /// Settles what ``get(_:)`` gave.
    ///
    /// - Throws: `.connectionLost` when the connection it came on is gone: the broker has put the message back.
    public func settle(_ tag: Delivery.Tag, _ settlement: Settlement) async throws {
        try await perform { loop throws(BrokerError) in try loop.connection(of: tag).settle(tag.number, settlement) }
    }

    /// Publishes one message and waits for its confirm; `.unknown` when that does not come.
    public func publish(_ message: Message) async throws -> PublishOutcome {
        // A little before the call's own deadline: then the answer is "unknown" and not that nothing happened.
        let deadline = ContinuousClock.now + configuration.callDeadline * 0.9
        return try await perform { loop throws(BrokerError) in try loop.publish(message, by: deadline) }
    }

    /// Closes the connection; what was not settled goes back to its queue.
    public func close() async {
        let isRunning = hasThread.withLock { hasThread in
            defer { hasThread = true }
            return hasThread
        }
        guard isRunning else {
            _ = mailbox.closeAndTake()
            return
        }
        // Told to those who wait behind it in the mailbox too.
        try? await perform { loop throws(BrokerError) in loop.disconnect() }
        mailbox.post(.stop)
    }

    /// Has `work` done on the owner thread, and gives up waiting at the deadline.
    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (TopologyLoop) throws(BrokerError) -> Value
    ) async throws -> Value {
        startThreadOnce()
        let deadline = ContinuousClock.now + configuration.callDeadline
        let ticket = Mutex<Deadlines.Ticket?>(nil)
        defer { if let ticket = ticket.withLock({ $0 }) { Deadlines.shared.cancel(ticket) } }
        return try await withCheckedThrowingContinuation { continuation in
            let promise = Promise(continuation)
            ticket.withLock {
                $0 = Deadlines.shared.at(deadline) { promise.answer(.failure(BrokerError(.timeout, "not done by its deadline"))) }
            }
            let job = TopologyLoop.Job(
                work: { loop throws(BrokerError) in
                    // Too late: nobody would settle what it may have fetched, so it goes back with the connection.
                    if !promise.answer(.success(try work(loop))) { loop.disconnect() }
                },
                fail: { promise.answer(.failure($0)) },
                isOver: { promise.isAnswered })
            if !mailbox.post(.job(job)) { job.fail(BrokerError(.closed, "the channel is closed")) }
        }
    }

    private func startThreadOnce() {
        let isFirst = hasThread.withLock { hasThread in
            defer { hasThread = true }
            return !hasThread
        }
        guard isFirst else { return }
        startThread("topology") { [configuration, mailbox, logger] in
            TopologyLoop(configuration, mailbox, logger).run()
        }
    }
}
