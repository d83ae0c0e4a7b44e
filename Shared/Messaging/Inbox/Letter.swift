import AMQP
import ContractKit
import Foundation
import Logging

/// Why a message was retried or given up: for operators, so without anything about persons.
struct Story: Sendable {
    var reaction: String?
    var reason: String?
    var attempts: Int?
    var firstFailedAt: Date?

    init(reaction: String?, record: Inbox.Record?) {
        self.reaction = reaction
        reason = record?.lastError
        attempts = record?.attempts
        firstFailedAt = record?.firstSeen
    }

    static func undecodable(reaction: String?) -> Story {
        var story = Story(reaction: reaction, record: nil)
        story.reason = "undecodable"
        return story
    }

    var headers: [String: HeaderValue] {
        var headers: [String: HeaderValue] = [:]
        headers[StoryHeader.reaction] = reaction.map { .string($0) }
        headers[StoryHeader.reason] = reason.map { .string(String($0.prefix(500))) }
        headers[StoryHeader.attempts] = attempts.map { .int(Int64($0)) }
        headers[StoryHeader.firstFailedAt] = firstFailedAt.map { .timestamp($0) }
        return headers
    }
}

/// A message about a message: published before the original is acknowledged, so that a crash doubles it and never loses it.
enum Letter: Sendable {
    case dead(Delivery, Story)
    case retry(Delivery, RetrySchedule.Level, Story, parked: Set<String>)

    func message(service: String) -> Message {
        switch self {
        case .dead(let delivery, let story):
            return delivery.copy(to: BrokerNames.dead(service), service: service, headers: story.headers)
        case .retry(let delivery, let level, let story, let parked):
            var headers = story.headers
            if !parked.isEmpty { headers[StoryHeader.parked] = .string(parked.sorted().joined(separator: ",")) }
            return delivery.copy(to: BrokerNames.retry(service, level), service: service, headers: headers)
        }
    }
}

extension Delivery {
    /// The same message for another queue. Of its headers only our own travel on: the broker's count deliveries, which begin anew.
    func copy(to queue: String, service: String, headers extra: [String: HeaderValue]) -> Message {
        var headers = headers.filter { [StoryHeader.aggregate, StoryHeader.organization, StoryHeader.traceparent].contains($0.key) }
        headers[StoryHeader.service] = .string(service)
        headers[StoryHeader.type] = type.map { .string($0) }
        headers[StoryHeader.eventID] = messageID.map { .string($0) }
        headers.merge(extra) { $1 }
        return Message(
            exchange: BrokerNames.defaultExchange, routingKey: queue, body: body, contentType: contentType, messageID: messageID,
            type: type, appID: appID, timestamp: timestamp, headers: headers)
    }
}

/// Publishes letters with confirms until they are safe, or the process stops.
struct LetterPublisher: Sendable {
    let service: String
    let publisher: Publisher
    let waits: Waits
    let logger: Logger

    /// - Returns: how to settle the original.
    func publish(_ letters: [Letter]) async -> Settlement {
        var open = letters.map { $0.message(service: service) }
        var backoff = Backoff(from: .milliseconds(100), to: .seconds(5))
        while !open.isEmpty {
            do {
                let outcomes = try await publisher.publish(open)
                open = zip(open, outcomes).filter { $0.1 != .confirmed }.map(\.0)
                if open.isEmpty { return .ack }
                let queues = open.map(\.routingKey).joined(separator: " ")
                logger.error("The broker did not take a message for later; does the topology stand?", metadata: ["queues": "\(queues)"])
            } catch {
                logger.warning("No broker to publish a message for later to", metadata: ["reason": "\(error)"])
            }
            if waits.isStopping || Task.isCancelled { return .requeue }
            await waits.wait(atMost: backoff.next())
        }
        return .ack
    }
}
