import Foundation
import Logging

/// The owner thread of a consumer's connection.
final class ConsumerLoop {
    enum Command: Sendable {
        case settle([(tag: Delivery.Tag, settlement: Settlement)])
        /// The handler has returned for the last time, and what it said of its deliveries is in the mailbox.
        case handlerEnded
        case stop
    }

    private let configuration: Consumer.Configuration
    private let mailbox: Mailbox<Command>
    private let inbox: Inbox
    private let position: StreamPosition
    private let logger: Logger
    private let subscribed: @Sendable (Bool) -> Void

    private var settlements: [(tag: Delivery.Tag, settlement: Settlement)] = []
    private var unsettled = Unsettled()
    private var lastSettled = ContinuousClock.now
    /// An acknowledgement waits no longer for others to go along with.
    private static let longestHold = Duration.milliseconds(10)
    private var isStopping = false
    private var handlerEnded = false
    private var generation: UInt64 = 0

    init(
        _ configuration: Consumer.Configuration, _ mailbox: Mailbox<Command>, _ inbox: Inbox, _ position: StreamPosition,
        _ logger: Logger, subscribed: @escaping @Sendable (Bool) -> Void
    ) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.inbox = inbox
        self.position = position
        self.logger = logger
        self.subscribed = subscribed
    }

    /// Returns when it was stopped.
    func run() throws(BrokerError) {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var wasSubscribed = false
        takeCommands()
        while !isStopping {
            var opened: ContinuousClock.Instant?
            do {
                generation += 1
                unsettled = Unsettled()
                let connection = try Connection.open(configuration.broker, generation: generation)
                opened = .now
                let consumerTag = try connection.consume(
                    configuration.queue, prefetch: configuration.prefetch, isExclusive: configuration.isExclusive,
                    arguments: position.arguments)
                wasSubscribed = true
                subscribed(true)
                logger.info("Consuming", metadata: ["queue": "\(configuration.queue)"])
                try serve(connection)
                subscribed(false)
                if connection.isBroken { return }
                try finish(connection, consumerTag)
                return
            } catch {
                subscribed(false)
                // The broker puts them back; on the next connection their tags would mean others.
                inbox.removeAll()
                if isStopping { return }
                if !wasSubscribed && !error.isRetriable { throw error }
                if case .channelClosed(code: 404) = error.kind { position.forget() }
                if let opened { backoff.connectionEnded(after: .now - opened) }
                pause(backoff.delay(using: &random), because: error)
            }
        }
    }

    /// Until it is stopped.
    private func serve(_ connection: Connection) throws(BrokerError) {
        while true {
            takeCommands()
            if isStopping { return }
            if mustSettle { try settle(connection) }
            inbox.add(try takeDeliveries(connection))
            mailbox.wait(socket: connection.socket, atMost: unsettled.isEmpty ? Connection.longestPause : Self.longestHold)
        }
    }

    /// Ends the subscription, gives back what nobody has begun, lets the handler finish and closes.
    private func finish(_ connection: Connection, _ consumerTag: String) throws(BrokerError) {
        try connection.cancelConsumer(consumerTag)
        // At once, not after the handler: another consumer may go on with them, before it comes to later ones.
        var rest = inbox.close()
        while true {
            rest += try takeDeliveries(connection)
            // A stream keeps its messages and knows no giving back.
            if !position.isStream { settlements += rest.map { ($0.tag, .requeue) } }
            rest = []
            takeCommands()
            try settle(connection)
            if handlerEnded { break }
            mailbox.wait(socket: connection.socket, atMost: Connection.longestPause)
        }
        connection.close()
    }

    private func takeCommands() {
        for command in mailbox.take() {
            switch command {
            case .settle(let more): settlements += more
            case .handlerEnded: handlerEnded = true
            case .stop: isStopping = true
            }
        }
    }

    private func takeDeliveries(_ connection: Connection) throws(BrokerError) -> [Delivery] {
        var deliveries: [Delivery] = []
        var isCancelled = false
        try connection.takeEvents { event in
            switch event {
            case .delivered(let delivery):
                unsettled.delivered(delivery.tag.number)
                deliveries.append(delivery)
            case .cancelled: isCancelled = true
            default: break
            }
        }
        if isCancelled {
            position.forget()
            connection.close()
            throw BrokerError(.connectionLost, "the queue is gone or has moved")
        }
        return deliveries
    }

    private var mustSettle: Bool {
        settlements.count >= configuration.acknowledgementBatch || settlements.contains { $0.settlement != .ack }
            || .now - lastSettled >= Self.longestHold
    }

    private func settle(_ connection: Connection) throws(BrokerError) {
        lastSettled = .now
        if settlements.isEmpty { return }
        defer { settlements.removeAll(keepingCapacity: true) }
        try connection.watched { () throws(BrokerError) in
            var done: [UInt64] = []
            for (tag, settlement) in settlements where tag.generation == generation {
                switch settlement {
                case .later: break
                case .ack: done.append(tag.number)
                // A stream knows only acknowledgement: anything else would make the broker close the connection.
                case .requeue where position.isStream, .drop where position.isStream: done.append(tag.number)
                case .requeue, .drop:
                    if unsettled.remove(tag.number) { try connection.refuse(tag.number, requeue: settlement == .requeue) }
                }
            }
            for next in unsettled.acknowledge(done) { try connection.acknowledge(next.tag, multiple: next.multiple) }
        }
    }

    private func pause(_ delay: Duration, because error: BrokerError) {
        logger.warning(
            "Not consuming",
            metadata: ["queue": "\(configuration.queue)", "error": "\(error)", "retry_in": "\(delay)"])
        let end = ContinuousClock.now + delay
        while !isStopping {
            takeCommands()
            settlements = []
            let rest = end - .now
            if rest <= .zero { return }
            if !isStopping { mailbox.wait(atMost: min(rest, Connection.longestPause)) }
        }
    }
}
