import AMQP
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Takes events from `<service>.main` and has the reactions run, each event's effect once.
///
/// A window of deliveries is handled at a time; events of one organization one after the other in the order they came,
/// organizations beside each other. That order ends where an event is retried, given back, or taken by another replica:
/// a reaction for which it matters looks at the version that the event carries.
final class ReactionConsumer: Service {
    /// A killed process has the broker deliver this many again. They fill the transactions of all lanes.
    static let prefetch = 256
    /// Organizations that are worked on at the same time, each on a connection to the database: more than there are cores to work on them
    /// only make smaller transactions.
    static let lanes = max(2, ProcessInfo.processInfo.activeProcessorCount)
    /// How long a running reaction may go on once the process has to stop.
    static let grace = Duration.seconds(10)
    /// Ten times what a dead letter may lie before somebody replays it; behind the inbox stand the business's own keys.
    static let memory: TimeInterval = 30 * 86_400

    private let consumer: Consumer
    private let handler: EventHandler
    private let waits: Waits
    private let logger: Logger

    init(
        service: String, reactions: [BoundReaction], database: Database, broker: BrokerConfiguration, publisher: Publisher,
        schedule: RetrySchedule, logger: Logger
    ) {
        var broker = broker
        broker.connectionName += " reactions"
        let waits = Waits()
        self.waits = waits
        self.logger = logger
        consumer = Consumer(
            Consumer.Configuration(
                broker, queue: BrokerNames.main(service), prefetch: Self.prefetch, maximumBatch: Self.prefetch),
            logger: logger)
        handler = EventHandler(
            service: service, reactions: Dictionary(grouping: reactions, by: \.type), database: database,
            letters: LetterPublisher(service: service, publisher: publisher, waits: waits, logger: logger), schedule: schedule,
            waits: waits, metrics: MessagingMetrics(service: service), logger: logger)
    }

    var isSubscribed: Bool { consumer.isSubscribed }

    func run() async throws {
        let cleaning = Task { await forgetOldEvents() }
        defer { cleaning.cancel() }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await consumer.run { await self.handle($0) }
        } onCancelOrGracefulShutdown: {
            self.waits.stop()
            self.consumer.stop()
        }
    }

    private func handle(_ window: [Delivery]) async -> [Settlement] {
        // Where the database's answers arrive, so that no answer costs a change of threads.
        let work = Task(executorPreference: Database.executor) { await self.settle(window) }
        let limit = Task {
            await waits.wait(atMost: .seconds(365 * 86_400))
            try await Task.sleep(for: Self.grace)
            work.cancel()
        }
        defer { limit.cancel() }
        return await work.value
    }

    private func settle(_ window: [Delivery]) async -> [Settlement] {
        var lanes = [[Int]](repeating: [], count: Self.lanes)
        for (index, delivery) in window.enumerated() { lanes[delivery.lane(of: Self.lanes)].append(index) }
        return await withTaskGroup(of: [(Int, Settlement)].self) { group in
            for lane in lanes where !lane.isEmpty {
                group.addTask { Array(zip(lane, await self.handler.handle(lane.map { window[$0] }))) }
            }
            var result = [Settlement](repeating: .requeue, count: window.count)
            for await settlements in group {
                for (index, settlement) in settlements { result[index] = settlement }
            }
            return result
        }
    }

    /// Once an hour; every replica does it, each skips what another is deleting.
    private func forgetOldEvents() async {
        while !waits.isStopping, !Task.isCancelled {
            let before = UUID.v7(now: Date().addingTimeInterval(-Self.memory))
            for reaction in Set(handler.reactions.values.joined().map(\.name)) {
                do {
                    while try await handler.database.transaction({ tx in
                        try await tx.execute(Inbox.forget(reaction, before: before, limit: 1000))
                    }) == 1000 {}
                } catch {
                    logger.debug("Old inbox rows stay for another hour", metadata: ["reason": "\(Failure.describe(error))"])
                }
            }
            await waits.wait(atMost: .seconds(3600))
        }
    }
}

extension Delivery {
    /// Which lane keeps the order of this one's organization.
    func lane(of count: Int) -> Int {
        guard case .string(let organization)? = headers[StoryHeader.organization] else { return 0 }
        return organization.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % count
    }
}
