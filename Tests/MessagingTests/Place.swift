import AMQP
import ContractKit
import Foundation
import Logging
import Messaging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

/// A database and a broker of a test's own, with the topology of ``ThingsContract`` on it.
struct Place: Sendable {
    /// Five attempts within half a second.
    static let schedule = RetrySchedule(
        immediate: 3, levels: [.init("short", .milliseconds(60)), .init("longer", .milliseconds(120))], patience: .milliseconds(700))
    static let topology = Topology(service: ThingsContract.self, hears: [ThingHappened.self], schedule: schedule)
    static let main = "notifications.main"
    static let logger = {
        var logger = Logger(label: "messaging-tests")
        logger.logLevel = ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0) } ?? .critical
        return logger
    }()

    let lent: TestDatabase
    let database: Database
    let broker: TestBroker
    /// With the rights of the service.
    let configuration: BrokerConfiguration
    let administration: BrokerConfiguration

    var letters: DeadLetters { DeadLetters(service: ThingsContract.name, broker: administration, logger: Self.logger) }

    func say(_ events: any Event...) async throws { try await say(events) }

    /// In one transaction.
    func say(_ events: [any Event]) async throws {
        try await database.transaction { tx in
            for event in events { try await tx.emit(event) }
        }
    }

    /// What reactions wrote, in the order of their transactions.
    func effects(of reaction: String = OnThing.name) async throws -> [Int] {
        try await database.transaction { tx in
            try await tx.query("select value from effects where reaction = \(reaction) order by id", as: Int.self)
        }
    }

    func unpublished() async throws -> Int {
        try await database.transaction { tx in try await tx.one("select count(*) from outbox where published_at is null", as: Int.self) }
    }

    func messages(in queue: String) async throws -> Int? {
        let channel = TopologyChannel(administration, logger: Self.logger)
        do {
            let count = try await channel.messageCount(queue)
            await channel.close()
            return count
        } catch {
            await channel.close()
            throw error
        }
    }

    func messaging(
        _ reactions: [any Reaction] = [OnThing()], listeners: [any Listener] = [], on database: Database? = nil
    ) -> MessagingService {
        MessagingService(
            service: ThingsContract.self, reactions: reactions, listeners: listeners, database: database ?? self.database,
            broker: configuration, schedule: Self.schedule, logger: Self.logger)
    }

    /// Runs a process's messaging beside `body`, then stops it in good order.
    func running<Result: Sendable>(
        _ messaging: MessagingService, _ body: @Sendable (MessagingService) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let group = ServiceGroup(configuration: .init(services: messaging.services.map { .init(service: $0) }, logger: Self.logger))
            tasks.addTask { try await group.run() }
            let result = try await body(messaging)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    func running<Result: Sendable>(
        _ reactions: any Reaction..., body: @Sendable (MessagingService) async throws -> Result
    ) async throws -> Result {
        try await running(messaging(reactions.isEmpty ? [OnThing()] : reactions), body)
    }
}

func withPlace(on server: BrokerServer? = nil, settle: Duration = .zero, _ body: (Place) async throws -> Void) async throws {
    try await withDatabase(.notifications) { lent in
        try await lent.sql(
            """
            create table notifications.effects (id bigint generated always as identity, reaction text, value int);
            grant select, insert on notifications.effects to notifications;
            """)
        try await withBroker(on: server ?? .ofThisRun()) { broker in
            let administration = BrokerConfiguration(try BrokerAddress(broker.url), connectionName: "test")
            let configuration = BrokerConfiguration(
                try BrokerAddress(await broker.url(user: ThingsContract.name)), connectionName: ThingsContract.name)
            try await Place.topology.declare(administration, settle: settle, logger: Place.logger)
            try await body(
                Place(lent: lent, database: lent.open(), broker: broker, configuration: configuration, administration: administration))
        }
    }
}

/// Looks again and again until `condition` holds.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        if ContinuousClock.now > deadline {
            Issue.record("never happened: \(what)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(15))
    }
}
