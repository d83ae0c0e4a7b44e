public import Logging
import Synchronization

/// Publishes with confirms on a connection of its own.
///
/// Start ``run()`` in a task; ``publish(_:)`` may be called from anywhere, also before there is a connection.
public final class Publisher: Sendable {
    private let configuration: BrokerConfiguration
    private let logger: Logger
    private let mailbox = Mailbox<PublisherLoop.Command>()
    private let status = PublisherStatus()

    public init(_ configuration: BrokerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Connects, keeps the connection alive and reconnects (after 0.2 s to 3 s, jittered) until ``close()`` or cancellation.
    ///
    /// - Throws: ``BrokerError`` when the very first connection is refused for a reason that waiting does not change
    ///   (``BrokerError/isRetriable`` is false). Later on such refusals are logged and tried again.
    public func run() async throws {
        guard status.begin() else { throw BrokerError(.closed, "the publisher runs already or is closed") }
        let result: Result<Void, BrokerError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                startThread("publisher") { [configuration, logger, mailbox, status] in
                    let loop = PublisherLoop(configuration, mailbox, status, logger)
                    let result = Result { () throws(BrokerError) in try loop.run() }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            mailbox.post(.stop)
        }
        status.end()
        try result.get()
    }

    /// Sends all `messages` as one window, in order, then waits for all confirms: one outcome per message, in the same order.
    ///
    /// Returns within ``BrokerConfiguration/callDeadline``; cancellation does not cut it short, because the messages are on their way.
    ///
    /// - Throws: ``BrokerError`` when nothing was sent: no connection by the deadline (`.timeout`, or `.authentication` at once),
    ///   `.blocked`, `.closed`. Whatever was sent has an outcome instead.
    public func publish(_ messages: [Message]) async throws -> [PublishOutcome] {
        if messages.isEmpty { return [] }
        let deadline = ContinuousClock.now + configuration.callDeadline
        let ticket = Mutex<Deadlines.Ticket?>(nil)
        defer { if let ticket = ticket.withLock({ $0 }) { Deadlines.shared.cancel(ticket) } }
        return try await withCheckedThrowingContinuation { continuation in
            let window = PublishWindow(messages, deadline: deadline, Promise(continuation))
            // Not the owner thread's business: that one may hang in the very call that takes too long.
            ticket.withLock {
                $0 = Deadlines.shared.at(deadline) { [mailbox] in
                    window.breakOff(BrokerError(.timeout, "no connection by the deadline"))
                    mailbox.post(.expired(window))
                }
            }
            if !mailbox.post(.publish(window)) {
                window.breakOff(status.refusal ?? BrokerError(.closed, "the publisher is closed"))
            }
        }
    }

    /// Whether there is an open connection.
    public var isConnected: Bool { status.isConnected }

    /// Whether the broker refuses messages for now, by its memory or disk alarm.
    public var isBlocked: Bool { status.isBlocked }

    /// Waits for outstanding confirms up to their deadline, then closes the connection and ends ``run()``.
    public func close() async {
        mailbox.post(.stop)
        await status.ended()
        for command in mailbox.closeAndTake() { command.refuse(BrokerError(.closed, "the publisher is closed")) }
    }
}

/// What tasks may know about the owner thread.
final class PublisherStatus: Sendable {
    private enum Phase { case new, running, ended }

    private struct State {
        var phase = Phase.new
        var isConnected = false
        var isBlocked = false
        var refusal: BrokerError?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isConnected: Bool { state.withLock { $0.isConnected } }
    var isBlocked: Bool { state.withLock { $0.isBlocked } }

    /// Why it gave up.
    var refusal: BrokerError? { state.withLock { $0.refusal } }

    func set(refusal: BrokerError) {
        state.withLock { $0.refusal = refusal }
    }

    func set(isConnected: Bool, isBlocked: Bool = false) {
        state.withLock { ($0.isConnected, $0.isBlocked) = (isConnected, isBlocked) }
    }

    /// - Returns: false when it began before.
    func begin() -> Bool {
        state.withLock { state in
            guard state.phase == .new else { return false }
            state.phase = .running
            return true
        }
    }

    func end() {
        let waiting = state.withLock { state in
            state.phase = .ended
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it does not run (any more); one that never began cannot begin afterwards.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isRunning = state.withLock { state in
                guard state.phase == .running else {
                    state.phase = .ended
                    return false
                }
                state.waiting.append(continuation)
                return true
            }
            if !isRunning { continuation.resume() }
        }
    }
}
