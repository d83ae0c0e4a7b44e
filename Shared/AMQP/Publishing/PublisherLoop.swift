import Foundation
import Logging

/// The owner thread of a publisher's connection.
final class PublisherLoop {
    enum Command: Sendable {
        case publish(PublishWindow)
        /// Its deadline has passed.
        case expired(PublishWindow)
        case stop

        func refuse(_ error: BrokerError) {
            if case .publish(let window) = self { window.breakOff(error) }
        }
    }

    private let configuration: BrokerConfiguration
    private let mailbox: Mailbox<Command>
    private let status: PublisherStatus
    private let logger: Logger

    /// Not sent yet.
    private var waiting: [PublishWindow] = []
    private var unconfirmed = Unconfirmed<(window: PublishWindow, index: Int)>()
    /// Whether a window on this connection was not confirmed by its deadline.
    private var hasExpired = false
    private var isBlocked = false
    private var isStopping = false
    private var generation: UInt64 = 0

    /// So many messages go to the broker in one piece, then the confirms that have come are taken, so that neither side's buffers
    /// fill up. Fewer wake it for too little, more let it wait.
    private static let sendsPerTurn = 25

    init(_ configuration: BrokerConfiguration, _ mailbox: Mailbox<Command>, _ status: PublisherStatus, _ logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.status = status
        self.logger = logger
    }

    /// Returns when it was stopped.
    func run() throws(BrokerError) {
        defer { end(BrokerError(.closed, "the publisher is closed")) }
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var wasConnected = false
        takeCommands()
        while !isStopping {
            var opened: ContinuousClock.Instant?
            do {
                generation += 1
                let connection = try Connection.open(configuration, generation: generation)
                opened = .now
                wasConnected = true
                try serve(connection)
                connection.close()
                return
            } catch {
                disconnected(error)
                if !wasConnected && !error.isRetriable {
                    status.set(refusal: error)
                    end(error)
                    throw error
                }
                if let opened { backoff.connectionEnded(after: .now - opened) }
                pause(backoff.delay(using: &random), because: error)
            }
        }
    }

    private func serve(_ connection: Connection) throws(BrokerError) {
        try connection.selectConfirms()
        unconfirmed = Unconfirmed()
        (isBlocked, hasExpired) = (false, false)
        status.set(isConnected: true)
        logger.info("Connected to the broker", metadata: ["connection": "\(configuration.connectionName)"])
        while true {
            takeCommands()
            // Before sending: the alarm that came just now counts.
            try takeEvents(connection)
            try sendWaiting(connection)
            if isStopping && waiting.isEmpty && unconfirmed.isEmpty { return }
            // A broker that does not confirm in time may never do so (a queue without a leader): begin anew.
            if hasExpired { throw BrokerError(.timeout, "confirms did not come by the deadline") }
            mailbox.wait(socket: connection.socket, atMost: Connection.longestPause)
        }
    }

    private func takeCommands() {
        for command in mailbox.take() {
            switch command {
            case .publish(let window): waiting.append(window)
            case .expired(let window):
                waiting.removeAll { $0 === window }
                if unconfirmed.owners.contains(where: { $0.window === window }) { hasExpired = true }
            case .stop: isStopping = true
            }
        }
    }

    private func sendWaiting(_ connection: Connection) throws(BrokerError) {
        while !waiting.isEmpty {
            let window = waiting.removeFirst()
            if isBlocked {
                window.breakOff(BrokerError(.blocked, "the broker takes no messages until its alarm is over"))
                continue
            }
            guard window.beginSending() else { continue }
            // All of them first: when a send fails, those behind it are as unknown as the one that failed.
            var next = 0
            do {
                while next < window.messages.count {
                    let turn = next..<min(next + Self.sendsPerTurn, window.messages.count)
                    try connection.watched(by: window.deadline) { () throws(BrokerError) in
                        connection.collectsSends(true)
                        for index in turn { try send(window, index, connection) }
                        connection.collectsSends(false)
                    }
                    next = turn.upperBound
                    try takeEvents(connection)
                }
            } catch {
                window.breakOff(error)
                throw error
            }
        }
    }

    private func send(_ window: PublishWindow, _ index: Int, _ connection: Connection) throws(BrokerError) {
        let message = window.messages[index]
        let id = message.messageID ?? UUID().uuidString
        unconfirmed.sent(id, (window, index))
        try connection.publish(message, id: id)
    }

    private func takeEvents(_ connection: Connection) throws(BrokerError) {
        try connection.takeEvents { event in
            switch event {
            case .confirmed(let tag, let multiple):
                for entry in unconfirmed.settle(tag, multiple: multiple) {
                    entry.owner.window.settle(entry.owner.index, entry.returned.map { .returned(code: $0) } ?? .confirmed)
                }
            case .refused(let tag, let multiple):
                for entry in unconfirmed.settle(tag, multiple: multiple) { entry.owner.window.settle(entry.owner.index, .refused) }
            case .returned(let code, let message):
                unconfirmed.returned(message.messageID, code: code)
            case .blocked(let reason):
                isBlocked = true
                status.set(isConnected: true, isBlocked: true)
                logger.warning("The broker takes no messages", metadata: ["reason": "\(reason)"])
            case .unblocked:
                isBlocked = false
                status.set(isConnected: true)
                logger.info("The broker takes messages again")
            case .delivered, .cancelled:
                break
            }
        }
    }

    // MARK: Without a connection

    private func disconnected(_ error: BrokerError) {
        status.set(isConnected: false)
        for owner in unconfirmed.owners { owner.window.breakOff(error) }
        unconfirmed = Unconfirmed()
    }

    /// Waits before the next attempt. Windows wait along until their deadline, unless waiting does not help.
    private func pause(_ delay: Duration, because error: BrokerError) {
        logger.warning("No connection to the broker", metadata: ["error": "\(error)", "retry_in": "\(delay)"])
        let end = ContinuousClock.now + delay
        while !isStopping {
            takeCommands()
            if !error.isRetriable { refuseWaiting(error) }
            let rest = end - .now
            if rest <= .zero { return }
            if !isStopping { mailbox.wait(atMost: min(rest, Connection.longestPause)) }
        }
    }

    private func refuseWaiting(_ error: BrokerError) {
        for window in waiting { window.breakOff(error) }
        waiting = []
    }

    private func end(_ error: BrokerError) {
        status.set(isConnected: false)
        for command in mailbox.closeAndTake() { command.refuse(error) }
        refuseWaiting(error)
    }
}
