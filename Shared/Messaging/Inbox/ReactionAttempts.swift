import ContractKit
import Foundation
import Logging
import Postgres

/// One reaction with one event: attempts, and what they come to.
struct ReactionAttempts: Sendable {
    enum Result: Sendable {
        case done
        /// An earlier delivery did it.
        case duplicate
        /// To be tried again after this wait; the record is nil when nothing was counted.
        case retry(RetrySchedule.Level, Inbox.Record?)
        case dead(Inbox.Record)
        /// The process is stopping.
        case handBack
    }

    /// Handling that began this often in a row and never came back has ended the process: the event is parked.
    static let unfinishedLimit = 3
    /// Waits for the database in place, which keeps the order; then the event makes room for others.
    static let waitsInPlace = 20

    let reaction: BoundReaction
    let header: EventHeader
    let database: Database
    let schedule: RetrySchedule
    let waits: Waits
    let logger: Logger

    /// `isSuspected`: this delivery was handed out several times before and never settled.
    func run(_ work: @escaping BoundReaction.Work, isSuspected: Bool) async -> Result {
        var counts = 1
        if isSuspected {
            switch await beginSuspected() {
            case .success(nil): break
            case .success(let parked?): return parked
            case .failure(let end): return end.result
            }
            counts = 0
        }
        var patience = InfrastructurePatience(waits: waits)
        while true {
            do {
                if try await attempt(work) { return .done }
                guard
                    let record = try await database.transaction({ tx in
                        try await tx.first(Inbox.find(reaction.name, header.id), as: Inbox.Record.self)
                    })
                else { continue }
                switch record.state {
                case .done: return .duplicate
                case .dead: return .dead(record)
                case .failing: continue
                }
            } catch {
                switch Failure(error) {
                case .infrastructure:
                    logger.warning("A reaction waits for the database", metadata: ["reason": "\(Failure.describe(error))"])
                    if let end = await patience.wait() { return result(of: end) }
                    continue
                case .poison(let reason):
                    return await remember(Inbox.giveUp(reaction.name, header.id, error: reason, counts: counts))
                case .early(let reason):
                    return await remember(
                        Inbox.fail(
                            reaction.name, header.id, error: reason, counts: 1, patience: schedule.patience.seconds, limit: schedule.limit))
                case .counted(let reason):
                    logger.warning("A reaction failed", metadata: ["reason": "\(reason)"])
                    let result = await remember(
                        Inbox.fail(reaction.name, header.id, error: reason, counts: counts, patience: nil, limit: schedule.limit))
                    counts = 1
                    if case .retry(_, let record?) = result, schedule.next(after: record.attempts) == .atOnce { continue }
                    return result
                }
            }
        }
    }

    /// - Returns: false when the inbox says that nothing is to be done.
    private func attempt(_ work: @escaping BoundReaction.Work) async throws -> Bool {
        let occasion = Occasion(header)
        return try await database.transaction(as: Tenant(header.organizationid), from: reaction.origin) { tx in
            guard try await tx.first(Inbox.begin(reaction.name, header.id), as: Int.self) != nil else { return false }
            try await work(occasion, tx)
            return true
        }
    }

    private func beginSuspected() async -> Swift.Result<Result?, Ended> {
        let record = await persist { tx in
            try await tx.first(Inbox.beginSuspected(reaction.name, header.id), as: Inbox.Record.self)
        }
        switch record {
        case .failure(let end): return .failure(end)
        // Done or dead: the attempt itself finds out.
        case .success(nil): return .success(nil)
        case .success(let record?):
            guard record.unfinished > Self.unfinishedLimit else { return .success(nil) }
            let reason = "handling it ended the process \(Self.unfinishedLimit) times"
            return .success(await remember(Inbox.giveUp(reaction.name, header.id, error: reason, counts: 0)))
        }
    }

    /// Writes down a failure and derives what follows from the count.
    private func remember(_ sql: SQL) async -> Result {
        switch await persist({ tx in try await tx.first(sql, as: Inbox.Record.self) }) {
        case .failure(let end): return end.result
        // Another replica has done it, or given it up and published that.
        case .success(nil): return .duplicate
        case .success(let record?):
            if record.state == .dead { return .dead(record) }
            switch schedule.next(after: record.attempts) {
            case .giveUp: return .dead(record)
            case .after(let level): return .retry(level, record)
            case .atOnce: return .retry(schedule.levels[0], record)
            }
        }
    }

    struct Ended: Error { let result: Result }

    /// A transaction outside the reaction's own, repeated until the database lets it.
    private func persist<Row: Sendable>(_ body: @Sendable (Transaction) async throws -> Row) async -> Swift.Result<Row, Ended> {
        var patience = InfrastructurePatience(waits: waits)
        while true {
            do { return .success(try await database.transaction(body)) } catch {
                logger.warning("The inbox cannot be written", metadata: ["reason": "\(Failure.describe(error))"])
                if let end = await patience.wait() { return .failure(Ended(result: result(of: end))) }
            }
        }
    }

    private func result(of end: InfrastructurePatience.End) -> Result {
        switch end {
        case .stopping: .handBack
        case .tooLong: .retry(schedule.levels[0], nil)
        }
    }
}

/// Waits for a database or broker that is away, 100 ms growing to 5 s.
struct InfrastructurePatience {
    enum End {
        case stopping, tooLong
    }

    let waits: Waits
    private var backoff = Backoff(from: .milliseconds(100), to: .seconds(5))
    private var count = 0

    init(waits: Waits) { self.waits = waits }

    /// - Returns: nil after a wait that leaves reason to go on.
    mutating func wait() async -> End? {
        if waits.isStopping || Task.isCancelled { return .stopping }
        count += 1
        if count > ReactionAttempts.waitsInPlace { return .tooLong }
        await waits.wait(atMost: backoff.next())
        return waits.isStopping || Task.isCancelled ? .stopping : nil
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
