public import Foundation
public import Logging
import Synchronization

/// Receives from one queue on a connection of its own.
public final class Consumer: Sendable {
    /// Where reading a stream begins. After a reconnect it goes on behind the last acknowledged message.
    public enum StreamOffset: Sendable, Hashable {
        case first
        case last
        /// Only what arrives from now on.
        case next
        case offset(Int64)
        /// The chunk that was being written at this moment; older messages may come with it.
        case timestamp(Date)
    }

    public struct Configuration: Sendable, Hashable {
        public var broker: BrokerConfiguration
        public var queue: String
        /// How many unsettled deliveries the broker may give us, 1...65535.
        public var prefetch: Int
        /// How many waiting deliveries the handler gets at once; 1 is one at a time.
        public var maximumBatch: Int
        /// Nil for an ordinary queue.
        public var streamOffset: StreamOffset?
        /// Whether nobody else may consume from the queue.
        public var isExclusive: Bool

        public init(
            _ broker: BrokerConfiguration, queue: String, prefetch: Int = 50, maximumBatch: Int = 1, streamOffset: StreamOffset? = nil,
            isExclusive: Bool = false
        ) {
            self.broker = broker
            self.queue = queue
            self.prefetch = prefetch
            self.maximumBatch = maximumBatch
            self.streamOffset = streamOffset
            self.isExclusive = isExclusive
        }

        /// So many acknowledgements go as one, unless they have waited too long: the broker has enough to deliver until then.
        var acknowledgementBatch: Int { max(1, prefetch / 4) }
    }

    private let configuration: Configuration
    private let logger: Logger
    private let mailbox = Mailbox<ConsumerLoop.Command>()
    private let inbox = Inbox()
    private let position: StreamPosition
    private let status = Mutex((hasBegun: false, isSubscribed: false))

    public init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        position = StreamPosition(configuration.streamOffset)
    }

    /// Consumes until ``stop()`` or cancellation, reconnecting and resubscribing (after 0.2 s to 3 s, jittered) whenever it must.
    ///
    /// `handle` gets the deliveries that wait, in order, at least one and at most ``Configuration/maximumBatch``; the next call comes
    /// when it has returned. It returns one settlement per delivery, in the same order; a missing one is ``Settlement/requeue``.
    /// It is not cancelled: a stop ends the subscription, lets the call finish, settles, gives back the rest and closes.
    ///
    /// - Throws: ``BrokerError`` when the very first subscription is refused for a reason that waiting does not change.
    public func run(_ handle: @escaping @Sendable ([Delivery]) async -> [Settlement]) async throws {
        let isFirst = status.withLock { status in
            defer { status.hasBegun = true }
            return !status.hasBegun
        }
        guard isFirst else { throw BrokerError(.closed, "the consumer has run before") }
        // A task of its own, so that cancelling us stops the subscription and not the handler in the middle of its work.
        let pump = Task { [configuration, mailbox, inbox, position] in
            var posted = 0
            while let batch = await inbox.next(configuration.maximumBatch) {
                let settlements = await handle(batch)
                position.handled(batch)
                let all = batch.indices.map { index in
                    (batch[index].tag, index < settlements.count ? settlements[index] : .requeue)
                }
                posted += all.count
                let isUrgent = posted >= configuration.acknowledgementBatch || all.contains { $0.1 != .ack }
                if isUrgent { posted = 0 }
                mailbox.post(.settle(all), isUrgent: isUrgent)
            }
            mailbox.post(.handlerEnded)
        }
        let result: Result<Void, BrokerError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                startThread("consumer") { [self] in
                    let loop = ConsumerLoop(configuration, mailbox, inbox, position, logger) { [weak self] isSubscribed in
                        self?.status.withLock { $0.isSubscribed = isSubscribed }
                    }
                    let result = Result { () throws(BrokerError) in try loop.run() }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            mailbox.post(.stop)
        }
        inbox.close()
        await pump.value
        try result.get()
    }

    /// Settles a delivery that the handler left for ``Settlement/later``. From an older connection it is ignored: the broker has
    /// put that message back itself.
    public func settle(_ tag: Delivery.Tag, _ settlement: Settlement) {
        mailbox.post(.settle([(tag, settlement)]))
    }

    /// Whether we are subscribed.
    public var isSubscribed: Bool { status.withLock { $0.isSubscribed } }

    /// Asks ``run(_:)`` to end as cancelling it does; returns at once.
    public func stop() { mailbox.post(.stop) }
}
