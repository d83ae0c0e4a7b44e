import AMQP
import ContractKit
import Foundation
import Logging
import Postgres

/// One delivery from `<service>.main`: every reaction to it, then the messages that remember what did not work, then its settlement.
struct EventHandler: Sendable {
    let service: String
    let reactions: [String: [BoundReaction]]
    let database: Database
    let letters: LetterPublisher
    let schedule: RetrySchedule
    let waits: Waits
    let metrics: MessagingMetrics
    let logger: Logger

    func handle(_ delivery: Delivery) async -> Settlement {
        if delivery.type == Canary.type { return .ack }
        guard let header = try? JSON.decode(EventHeader.self, from: delivery.body) else {
            logger.error("An undecodable message became a dead letter", metadata: ["message_id": "\(delivery.messageID ?? "")"])
            metrics.undecodable()
            return await letters.publish([.dead(delivery, .undecodable(reaction: nil))])
        }
        let parked = delivery.parked
        let due = (reactions[header.type] ?? []).filter { !parked.contains($0.name) }
        if due.isEmpty {
            // A newer producer beside us, or a binding from before a release: nothing of ours.
            metrics.ignored()
            return .ack
        }
        return await TraceContext.$traceparent.withValue(header.traceparent) {
            var outcome = Outcome(parked: parked)
            for reaction in due {
                if waits.isStopping { return .requeue }
                guard await run(reaction, header, delivery, into: &outcome) else { return .requeue }
            }
            return await letters.publish(outcome.letters(for: delivery))
        }
    }

    /// - Returns: false when the process is stopping.
    private func run(_ reaction: BoundReaction, _ header: EventHeader, _ delivery: Delivery, into outcome: inout Outcome) async -> Bool {
        var logger = logger
        logger[metadataKey: "reaction"] = "\(reaction.name)"
        logger[metadataKey: "event_id"] = "\(header.id.uuidString.lowercased())"
        let start = ContinuousClock.now
        func count(_ outcome: ReactionMeters.Outcome) {
            metrics.reaction(reaction.name, outcome, took: .now - start, lagSeconds: Date().timeIntervalSince(header.time))
        }
        guard let work = try? reaction.read(delivery.body).work else {
            logger.error("An event of another shape became a dead letter", metadata: ["type": "\(header.type)"])
            count(.dead)
            outcome.dead.append((reaction.name, .undecodable(reaction: reaction.name)))
            return true
        }
        let attempts = ReactionAttempts(
            reaction: reaction, header: header, database: database, schedule: schedule, waits: waits, logger: logger)
        switch await attempts.run(work, isSuspected: delivery.deliveryCount >= 2) {
        case .done: count(.done)
        case .duplicate: count(.duplicate)
        case .handBack: return false
        case .retry(let level, let record):
            count(.retry)
            outcome.retry.append((level, Story(reaction: reaction.name, record: record)))
        case .dead(let record):
            logger.error("An event became a dead letter", metadata: ["attempts": "\(record.attempts)", "type": "\(header.type)"])
            count(.dead)
            outcome.dead.append((reaction.name, Story(reaction: reaction.name, record: record)))
        }
        return true
    }

    /// What the reactions to one event came to.
    private struct Outcome {
        var parked: Set<String>
        var dead: [(String, Story)] = []
        var retry: [(RetrySchedule.Level, Story)] = []

        init(parked: Set<String>) { self.parked = parked }

        func letters(for delivery: Delivery) -> [Letter] {
            var letters = dead.map { Letter.dead(delivery, $0.1) }
            // One message for all that try again, after the shortest wait: those that succeeded are known to the inbox,
            // those that gave up are named in it.
            if let soonest = retry.min(by: { $0.0.wait < $1.0.wait }) {
                letters.append(.retry(delivery, soonest.0, soonest.1, parked: parked.union(dead.map(\.0))))
            }
            return letters
        }
    }
}

extension Delivery {
    /// The reactions that have given this message up.
    var parked: Set<String> {
        guard case .string(let names)? = headers[StoryHeader.parked] else { return [] }
        return Set(names.split(separator: ",").map(String.init))
    }
}
