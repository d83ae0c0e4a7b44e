import AMQP
import ContractKit
import Foundation
import Logging
import Postgres

/// Several events in one transaction, each reaction with its inbox row and as its own organization: a commit costs more than most
/// reactions do.
///
/// It is optimistic. When anything in it fails, nothing of it has happened and nothing is counted: the events are then handled one by
/// one, each in a transaction of its own, where their failures are told apart. So are those that the inbox knows already.
struct EventBatch: Sendable {
    struct Entry: Sendable {
        var header: EventHeader
        var works: [(key: Inbox.Key, work: BoundReaction.Work)]
    }

    /// What one failure has to be done again, and how long rows stay locked.
    static let largest = 128
    /// After this time it commits what it has: it holds a connection, and others wait for its locks.
    static let longest = Duration.milliseconds(250)

    let entries: [Entry]
    let database: Database
    let waits: Waits
    var longest = Self.longest

    /// - Returns: per event, whether it is done. - Throws: whatever one of them, or COMMIT, threw: none is done then.
    func run() async throws -> [Bool] {
        // By organization, so that rows are locked in the same order by every replica. One organization's events stay in theirs.
        let order = entries.indices.sorted { (organization($0), $0) < (organization($1), $1) }
        guard let first = order.first else { return [] }
        let origin = BoundReaction.origin(of: entries[first].works.first?.key.reaction ?? "")
        return try await database.transaction(as: Tenant(entries[first].header.organizationid), from: origin) { tx in
            var new = Set(try await tx.query(Inbox.begin(entries.flatMap { $0.works.map(\.key) }), as: Inbox.Key.self))
            // Not from before: to wait for a connection is no reason to do less with it.
            let start = ContinuousClock.now
            var done = [Bool](repeating: false, count: entries.count)
            var withdrawn: [Inbox.Key] = []
            var current = (entries[first].header.organizationid, origin)
            for index in order {
                let entry = entries[index]
                // Taken out: the same event may have been delivered twice.
                let known = entry.works.filter { new.remove($0.key) == nil }
                if !known.isEmpty || waits.isStopping || done.contains(true) && .now - start > longest {
                    withdrawn += entry.works.map(\.key).filter { key in !known.contains { $0.key == key } }
                    continue
                }
                for (key, work) in entry.works {
                    let next = (entry.header.organizationid, BoundReaction.origin(of: key.reaction))
                    if current != next {
                        current = next
                        try await tx.enter(Tenant(next.0), from: next.1)
                    }
                    try await TraceContext.$traceparent.withValue(entry.header.traceparent) { try await work(Occasion(entry.header), tx) }
                }
                done[index] = true
            }
            if !withdrawn.isEmpty { try await tx.execute(Inbox.withdraw(withdrawn)) }
            return done
        }
    }

    private func organization(_ index: Int) -> UUID { entries[index].header.organizationid.rawValue }
}

extension EventHandler {
    /// The events of one lane, in their order: as many at once as may be, those that want a closer look alone.
    func handle(_ lane: [Delivery]) async -> [Settlement] {
        var settlements: [Settlement] = []
        settlements.reserveCapacity(lane.count)
        while settlements.count < lane.count {
            let rest = lane[settlements.count...]
            // One alone is read where it is handled.
            let entries = rest.count > 1 && !isOver ? rest.prefix(EventBatch.largest).prefixMap(entry) : []
            let done = entries.count > 1 ? await run(EventBatch(entries: entries, database: database, waits: waits)) : [false]
            for isDone in done {
                let delivery = lane[settlements.count]
                settlements.append(isDone ? .ack : isOver ? .requeue : await handle(delivery))
            }
        }
        return settlements
    }

    private var isOver: Bool { waits.isStopping || Task.isCancelled }

    /// What may share a transaction with others; nil for what is unknown, unreadable, retried in part or suspected of ending the process.
    private func entry(_ delivery: Delivery) -> EventBatch.Entry? {
        guard let type = delivery.type, let due = reactions[type], !due.isEmpty, delivery.parked.isEmpty, delivery.deliveryCount < 2 else {
            return nil
        }
        var header: EventHeader?
        var works: [(Inbox.Key, BoundReaction.Work)] = []
        for reaction in due {
            guard let event = try? reaction.read(delivery.body), event.header.type == type else { return nil }
            header = event.header
            works.append((Inbox.Key(reaction: reaction.name, event: event.header.id), event.work))
        }
        return header.map { EventBatch.Entry(header: $0, works: works) }
    }

    private func run(_ batch: EventBatch) async -> [Bool] {
        let start = ContinuousClock.now
        do {
            let done = try await batch.run()
            let each = (.now - start) / max(1, done.count)
            for (entry, isDone) in zip(batch.entries, done) where isDone {
                let lag = Date().timeIntervalSince(entry.header.time)
                for (key, _) in entry.works { metrics.reaction(key.reaction, .done, took: each, lagSeconds: lag) }
            }
            return done
        } catch {
            logger.info("Events are handled one by one", metadata: ["reason": "\(Failure.describe(error))"])
            return [Bool](repeating: false, count: batch.entries.count)
        }
    }
}

extension Sequence {
    /// What `transform` makes of the first elements, up to the first of which it makes nothing.
    fileprivate func prefixMap<Value>(_ transform: (Element) -> Value?) -> [Value] {
        var values: [Value] = []
        for element in self {
            guard let value = transform(element) else { break }
            values.append(value)
        }
        return values
    }
}
