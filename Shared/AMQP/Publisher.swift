public import Logging

/// Publishes with confirms on a connection of its own.
///
/// Start ``run()`` in a task; ``publish(_:)`` may be called from anywhere, also before there is a connection.
public final class Publisher: Sendable {
    public init(_ configuration: BrokerConfiguration, logger: Logger) { fatalError() }

    /// Connects, keeps the connection alive and reconnects (after 0.2 s to 10 s, jittered) until ``close()`` or cancellation.
    ///
    /// - Throws: ``BrokerError`` when the very first connection is refused for a reason that waiting does not change
    ///   (``BrokerError/isRetriable`` is false). Later on such refusals are logged and tried again.
    public func run() async throws { fatalError() }

    /// Sends all `messages` as one window, in order, then waits for all confirms: one outcome per message, in the same order.
    ///
    /// Returns within ``BrokerConfiguration/callDeadline``; cancellation does not cut it short, because the messages are on their way.
    ///
    /// - Throws: ``BrokerError`` when nothing was sent: no connection by the deadline (`.timeout`, or `.authentication` at once),
    ///   `.blocked`, `.closed`. Whatever was sent has an outcome instead.
    public func publish(_ messages: [Message]) async throws -> [PublishOutcome] { fatalError() }

    /// Whether there is an open connection.
    public var isConnected: Bool { fatalError() }

    /// Whether the broker refuses messages for now, by its memory or disk alarm.
    public var isBlocked: Bool { fatalError() }

    /// Waits for outstanding confirms up to their deadline, then closes the connection and ends ``run()``.
    public func close() async { fatalError() }
}
