import Foundation
import Logging
import Synchronization

/// The owner thread of a topology channel: does one job after the other, connecting when it must.
///
/// Refers to nothing of the channel itself, so that a forgotten channel ends it.
final class TopologyLoop {
    enum Command: Sendable {
        case job(Job)
        case stop
    }

    struct Job: Sendable {
        var work: @Sendable (TopologyLoop) throws(BrokerError) -> Void
        var fail: @Sendable (BrokerError) -> Void
        /// Nobody waits for it any more.
        var isOver: @Sendable () -> Bool
    }

    private let configuration: BrokerConfiguration
    private let mailbox: Mailbox<Command>
    private let logger: Logger
    private var connection: Connection?
    private var generation: UInt64 = 0

    init(_ configuration: BrokerConfiguration, _ mailbox: Mailbox<Command>, _ logger: Logger) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.logger = logger
    }

    func run() {
        while true {
            for command in mailbox.take() {
                switch command {
                case .job(let job): perform(job)
                case .stop:
                    connection?.close()
                    for case .job(let job) in mailbox.closeAndTake() { job.fail(BrokerError(.closed, "the channel is closed")) }
                    return
                }
            }
            pump()
            // Without a connection there are no heartbeats to send.
            mailbox.wait(socket: connection?.socket, atMost: connection == nil ? .seconds(60) : Connection.longestPause)
        }
    }

    private func perform(_ job: Job) {
        if job.isOver() { return }
        do {
            try job.work(self)
        } catch {
            job.fail(error)
        }
        if connection?.isBroken == true { connection = nil }
    }

    private func pump() {
        do {
            while try connection?.nextEvent() != nil {}
        } catch {
            logger.info("The topology channel's connection ended", metadata: ["error": "\(error)"])
            connection = nil
        }
    }

    // MARK: For jobs

    func connected() throws(BrokerError) -> Connection {
        if let connection, !connection.isBroken { return connection }
        connection = nil
        generation += 1
        let connection = try Connection.open(configuration, generation: generation)
        try connection.selectConfirms()
        self.connection = connection
        return connection
    }

    func disconnect() {
        connection?.close()
        connection = nil
    }

    /// The connection that `tag` came on.
    func connection(of tag: Delivery.Tag) throws(BrokerError) -> Connection {
        guard let connection, connection.generation == tag.generation else {
            throw BrokerError(.connectionLost, "the delivery's connection is gone, its message is back in the queue")
        }
        return connection
    }

    /// Waits for the event that `pick` wants.
    func waitFor<Result>(
        _ connection: Connection, by deadline: ContinuousClock.Instant, _ pick: (BrokerEvent) -> Result?
    ) throws(BrokerError) -> Result {
        while true {
            while let event = try connection.nextEvent() {
                if let result = pick(event) { return result }
            }
            guard ContinuousClock.now < deadline else {
                connection.abandon()
                throw BrokerError(.timeout, "the broker did not answer by the deadline")
            }
            var descriptor = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
            _ = poll(&descriptor, 1, 200)
        }
    }

    func publish(_ message: Message, by deadline: ContinuousClock.Instant) throws(BrokerError) -> PublishOutcome {
        let connection = try connected()
        let id = message.messageID ?? UUID().uuidString
        do {
            try connection.watched(by: deadline) { () throws(BrokerError) in try connection.publish(message, id: id) }
            var returned: Int?
            return try waitFor(connection, by: deadline) { event in
                switch event {
                case .returned(let code, _):
                    returned = code
                    return nil
                case .confirmed: return returned.map { .returned(code: $0) } ?? .confirmed
                case .refused: return .refused
                default: return nil
                }
            }
        } catch {
            logger.info("It is not known whether a message arrived", metadata: ["error": "\(error)"])
            return .unknown
        }
    }
}
