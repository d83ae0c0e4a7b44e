import AMQP
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Publishes the outbox: of all replicas of a service one leads, so that the order of the rows is the order at the broker.
///
/// The leader is woken by each commit in its own process; what other replicas commit it finds by looking (``RelayLooks``).
final class OutboxRelay: Service {
    /// The broker confirms windows of 100 fifteen times as fast as single messages; larger ones hardly faster, but they save round trips.
    static let window = 256
    /// From one look that found `rows` to the next: the first event after a quiet moment goes at once, those that follow share looks,
    /// windows and marks, each of which costs commits here, at the broker and at whoever listens. The more there are, the longer it pays to
    /// wait for others; nobody waits longer than they will notice.
    static func pace(after rows: Int) -> Duration { .milliseconds(min(30, 8 + 2 * rows)) }
    /// A standby tries to lead this often.
    static let candidacy = Duration.milliseconds(500)
    static let kept = 3600
    /// An event no queue is bound for is tried again after this time.
    static let unroutableWait = Duration.seconds(10)

    private let service: String
    private let database: Database
    private let publisher: Publisher
    private let state: MessagingState
    private let metrics: MessagingMetrics
    private let logger: Logger
    /// Ends when there is something to publish.
    private let wakeUps = Waits()
    /// Ends only when the process stops.
    private let pauses = Waits()

    init(service: String, database: Database, publisher: Publisher, state: MessagingState, logger: Logger) {
        self.service = service
        self.database = database
        self.publisher = publisher
        self.state = state
        self.metrics = MessagingMetrics(service: service)
        self.logger = logger
    }

    func run() async throws {
        let commits = database.signals(Outbox.signal)
        let signals = Task { for await _ in commits { wakeUps.ring() } }
        defer { signals.cancel() }
        await withTaskCancellationOrGracefulShutdownHandler {
            var backoff = Backoff(from: .milliseconds(100), to: .seconds(5))
            while !pauses.isStopping {
                do {
                    let leadership = try await RelayLeadership(service: service, database: database)
                    do { try await serve(leadership, &backoff) } catch {
                        await leadership.end()
                        throw error
                    }
                    await leadership.end()
                } catch {
                    logger.warning("The outbox relay lost its database session", metadata: ["reason": "\(Failure.describe(error))"])
                    await pauses.wait(atMost: backoff.next())
                }
                state.update { $0.isLeader = false }
            }
        } onCancelOrGracefulShutdown: {
            self.pauses.stop()
            self.wakeUps.stop()
        }
    }

    /// Stands by, then leads, until the process stops or the session breaks.
    private func serve(_ session: RelayLeadership, _ backoff: inout Backoff) async throws {
        var upkeep = OutboxUpkeep(metrics: metrics, state: state)
        try await session.standBy()
        while try await !session.isWon() {
            if pauses.isStopping { return }
            try await upkeep.measure(session)
            await pauses.wait(atMost: Self.candidacy)
        }
        try await session.lead()
        logger.info("This process publishes the outbox")
        state.update { $0.isLeader = true }
        backoff.reset()
        var heldBack = HeldBackTypes(wait: Self.unroutableWait)
        var retry = Backoff(from: .milliseconds(100), to: .seconds(5))
        var looks = RelayLooks()
        // What the broker has and the table does not say yet: the marks of one window travel with the look for the next.
        var confirmed: [Int64] = []
        while !pauses.isStopping {
            try await upkeep.measure(session)
            guard publisher.isConnected, !publisher.isBlocked else {
                try await mark(&confirmed, session)
                await pauses.wait(atMost: .milliseconds(100))
                continue
            }
            // On the session that holds the lock: who has lost the lock cannot mark.
            let start = ContinuousClock.now
            let rows = try await session.query(
                Outbox.pending(limit: Self.window, heldBack: heldBack.types(at: .now)),
                before: confirmed.isEmpty ? [] : [Outbox.markPublished(confirmed)], as: Outbox.Row.self)
            metrics.published(confirmed.count)
            confirmed = []
            if rows.isEmpty {
                try await upkeep.deletePublished(session)
                try await wakeUps.wait(atMost: looks.pause(session))
            } else if await publish(rows, &confirmed, &heldBack) {
                retry.reset()
                if rows.count < Self.window { await pauses.wait(atMost: Self.pace(after: rows.count) - (.now - start)) }
            } else {
                try await mark(&confirmed, session)
                await pauses.wait(atMost: retry.next())
            }
        }
        try await mark(&confirmed, session)
    }

    private func mark(_ confirmed: inout [Int64], _ session: RelayLeadership) async throws {
        if confirmed.isEmpty { return }
        try await session.execute(Outbox.markPublished(confirmed))
        metrics.published(confirmed.count)
        confirmed = []
    }

    /// - Returns: false when the broker left something open: time to wait.
    private func publish(_ rows: [Outbox.Row], _ confirmed: inout [Int64], _ heldBack: inout HeldBackTypes) async -> Bool {
        let outcomes: [PublishOutcome]
        do { outcomes = try await publisher.publish(rows.map { $0.message(service: service) }) } catch {
            logger.warning("The broker takes no events; they stay in the outbox", metadata: ["reason": "\(error)"])
            return false
        }
        var unconfirmed = 0
        for (row, outcome) in zip(rows, outcomes) {
            switch outcome {
            case .confirmed: confirmed.append(row.seq)
            case .refused, .unknown: unconfirmed += 1
            case .returned:
                if heldBack.hold(row.type, at: .now) {
                    logger.error("No queue takes this event; does the topology stand?", metadata: ["type": "\(row.type)"])
                }
                metrics.unroutable(row.type)
            }
        }
        guard unconfirmed > 0 else { return true }
        metrics.unconfirmed(unconfirmed)
        logger.warning("The broker did not confirm events; they are published again", metadata: ["count": "\(unconfirmed)"])
        return false
    }
}

/// Event types that no queue is bound for: whether one is depends on the type alone, so all its rows wait together and
/// none keeps the others from their place in the window.
struct HeldBackTypes {
    let wait: Duration
    private var until: [String: ContinuousClock.Instant] = [:]

    init(wait: Duration) { self.wait = wait }

    /// - Returns: whether it was not held back already.
    mutating func hold(_ type: String, at now: ContinuousClock.Instant) -> Bool {
        let isNew = until[type].map { $0 <= now } ?? true
        until[type] = now + wait
        return isNew
    }

    mutating func types(at now: ContinuousClock.Instant) -> [String] {
        until = until.filter { $0.value > now }
        return until.keys.sorted()
    }
}

extension Outbox.Row {
    func message(service: String) -> Message {
        var headers: [String: HeaderValue] = [
            StoryHeader.aggregate: .string(aggregate), StoryHeader.organization: .string(organizationID.uuidString.lowercased()),
        ]
        if let traceparent = Self.traceparent(in: envelope) { headers[StoryHeader.traceparent] = .string(traceparent) }
        return Message(
            exchange: BrokerNames.events, routingKey: type, body: envelope, contentType: "application/cloudevents+json",
            messageID: eventID.uuidString.lowercased(), type: type, appID: service, timestamp: createdAt, headers: headers)
    }

    /// Read where it stands: to read the whole event for it would cost more than to publish it.
    static func traceparent(in envelope: Data) -> String? {
        envelope.withUnsafeBytes { bytes in
            guard let end = end(of: #""traceparent""#, in: bytes) else { return nil }
            let value = bytes[end...].drop { " :\"".utf8.contains($0) }.prefix { $0 != UInt8(ascii: "\"") }
            // What W3C's trace context is made of; so long at most, whatever version it is.
            guard value.count <= 128, value.allSatisfy({ "0123456789abcdef-".utf8.contains($0) }) else { return nil }
            return String(decoding: value, as: UTF8.self)
        }
    }

    private static func end(of name: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, bytes.count >= name.utf8CodeUnitCount else { return nil }
        let length = name.utf8CodeUnitCount
        return (0...bytes.count - length).first { memcmp(start + $0, name.utf8Start, length) == 0 }.map { $0 + length }
    }
}
