public import AMQP
import ContractKit
public import Foundation
public import Logging
public import Postgres

/// The events that a service gave up: to look at, to try again once the cause is mended, to throw away.
///
/// Works on one letter at a time beside running services. A crash in between leaves a letter in its place, perhaps after
/// it was sent once more, which the inbox answers.
public struct DeadLetters: Sendable {
    public enum Selection: Sendable, Hashable {
        case all
        /// All letters of these events.
        case events(Set<UUID>)

        func contains(_ letter: DeadLetter) -> Bool {
            switch self {
            case .all: true
            case .events(let ids): letter.eventID.map(ids.contains) ?? false
            }
        }
    }

    let service: String
    let broker: BrokerConfiguration
    let logger: Logger

    public init(service: String, broker: BrokerConfiguration, logger: Logger) {
        self.service = service
        var broker = broker
        broker.connectionName += " dead letters"
        self.broker = broker
        self.logger = logger
    }

    /// The oldest `limit` letters, 1...10,000.
    ///
    /// - Throws: ``BrokerError``; so do the others.
    public func list(limit: Int = 1000) async throws -> [DeadLetter] {
        var letters: [DeadLetter] = []
        try await visit(limit: min(max(limit, 1), 10_000)) { letter, _, _ in
            letters.append(letter)
            return false
        }
        return letters
    }

    /// Sends letters to the service's queue again, their attempts forgotten; reactions that have handled the event ignore it.
    ///
    /// - Returns: how many.
    /// - Throws: also ``DatabaseError``.
    public func replay(_ selection: Selection, database: Database) async throws -> Int {
        try await visit { letter, delivery, channel in
            guard selection.contains(letter) else { return false }
            if let event = letter.eventID, let reaction = letter.reaction {
                _ = try await database.transaction { tx in try await tx.execute(Inbox.forgive(reaction, event)) }
            }
            return try await channel.publish(delivery.replayed(to: BrokerNames.main(service))) == .confirmed
        }
    }

    /// Throws letters away for good.
    ///
    /// - Returns: how many.
    public func discard(_ selection: Selection) async throws -> Int {
        try await visit { letter, _, _ in selection.contains(letter) }
    }

    /// Takes the letters one after the other; those that `body` is done with leave the queue, the others go back to their places.
    @discardableResult private func visit(
        limit: Int? = nil, _ body: (DeadLetter, Delivery, TopologyChannel) async throws -> Bool
    ) async throws -> Int {
        let channel = TopologyChannel(broker, logger: logger)
        var kept: [Delivery.Tag] = []
        var done = 0
        do {
            let queue = BrokerNames.dead(service)
            // Counted first: what fails again meanwhile comes back at the end and is not for this visit.
            guard let count = try await channel.messageCount(queue) else { throw TopologyError.missing([queue], service: service) }
            var position = 0
            while position < min(count, limit ?? count), let delivery = try await channel.get(queue) {
                position += 1
                if delivery.type == Canary.type {
                    try await channel.settle(delivery.tag, .ack)
                } else if try await body(DeadLetter(delivery, position: position), delivery, channel) {
                    try await channel.settle(delivery.tag, .ack)
                    done += 1
                } else {
                    kept.append(delivery.tag)
                }
            }
            for tag in kept { try await channel.settle(tag, .requeue) }
            try await waitUntilBack(kept.count, in: queue, channel)
        } catch {
            // Closing gives back what was not settled.
            await channel.close()
            throw error
        }
        await channel.close()
        return done
    }

    /// A queue takes back messages some time after it was told to: who looks next shall find them. Another visitor may be
    /// holding them, so this waits two seconds and no longer.
    private func waitUntilBack(_ count: Int, in queue: String, _ channel: TopologyChannel) async throws {
        for _ in 0..<100 where try await channel.messageCount(queue) ?? count < count { try await Task.sleep(for: .milliseconds(20)) }
    }
}

extension Delivery {
    /// As it first came: without its story, so that every reaction may try.
    func replayed(to queue: String) -> Message {
        let headers = headers.filter { [StoryHeader.aggregate, StoryHeader.organization, StoryHeader.traceparent].contains($0.key) }
        return Message(
            exchange: BrokerNames.defaultExchange, routingKey: queue, body: body, contentType: contentType, messageID: messageID,
            type: type, appID: appID, timestamp: timestamp, headers: headers)
    }
}
