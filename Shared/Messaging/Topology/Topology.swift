public import AMQP
public import ContractKit
public import Logging

/// The exchange, queues and bindings of a service, derived from what it says and hears. A step of its own before services
/// start: services configure nothing at the broker, they only check.
///
/// Bindings to events that a release no longer hears stay, because AMQP cannot list them; their events are acknowledged
/// and counted as ignored.
public struct Topology: Sendable {
    /// A queue and the arguments that it is declared with for ever; all that can be a policy is left to one.
    struct Queue: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            case main, retry, dead, stream
        }

        var name: String
        var kind: Kind
        var arguments: [String: HeaderValue]
        var bindings: [String]
    }

    let service: String
    let queues: [Queue]

    /// - Parameters:
    ///   - service: Nil for a process that only listens to broadcasts.
    ///   - hears: What its reactions hear; without any it has no queues of its own.
    public init(service: (any ServiceContract.Type)?, hears: [any Event.Type] = [], schedule: RetrySchedule = .standard) {
        self.service = service?.name ?? ""
        var queues: [Queue] = []
        if let service, !hears.isEmpty { queues = Self.ownQueues(service.name, hears: Set(hears.map { $0.type }).sorted(), schedule) }
        let broadcasts = service?.events.filter { $0.audience == .everyProcess }.map { $0.type } ?? []
        queues.append(
            Queue(
                name: BrokerNames.everyone, kind: .stream,
                arguments: ["x-queue-type": .string("stream"), "x-max-age": .string("1h")], bindings: broadcasts))
        self.queues = queues
    }

    private static func ownQueues(_ service: String, hears: [String], _ schedule: RetrySchedule) -> [Queue] {
        // Three members as soon as the cluster has as many; one node takes it as one.
        let quorum: [String: HeaderValue] = ["x-queue-type": .string("quorum"), "x-quorum-initial-group-size": .int(3)]
        let retries = schedule.levels.map { level in
            // Back to the main queue after the wait, at least once: that strategy needs the overflow beside it.
            let arguments: [String: HeaderValue] = [
                "x-message-ttl": .int(level.wait.milliseconds),
                "x-dead-letter-exchange": .string(BrokerNames.defaultExchange),
                "x-dead-letter-routing-key": .string(BrokerNames.main(service)),
                "x-dead-letter-strategy": .string("at-least-once"),
                "x-overflow": .string("reject-publish"),
            ]
            return Queue(
                name: BrokerNames.retry(service, level), kind: .retry, arguments: quorum.merging(arguments) { $1 }, bindings: [])
        }
        return [Queue(name: BrokerNames.dead(service), kind: .dead, arguments: quorum, bindings: [])] + retries
            + [Queue(name: BrokerNames.main(service), kind: .main, arguments: quorum, bindings: hears)]
    }

    /// Declares and binds what is missing, then proves that every queue keeps a message. May run at any time, twice, and
    /// beside running services.
    ///
    /// - Parameter settle: How long to wait after something was declared. A quorum queue of RabbitMQ 3.10 loses what it
    ///   confirmed, and stays without a leader, when the broker is killed within about a second of its declaration.
    /// - Throws: ``BrokerError``; ``TopologyError`` when a queue does not keep what it is given.
    public func declare(_ broker: BrokerConfiguration, settle: Duration = .seconds(5), logger: Logger) async throws {
        var broker = broker
        broker.connectionName += " topology"
        let channel = TopologyChannel(broker, logger: logger)
        do {
            let declared = try await declare(on: channel)
            if !declared.isEmpty {
                logger.info("Queues declared", metadata: ["queues": "\(declared.joined(separator: " "))"])
                try await Task.sleep(for: settle)
            }
            for queue in queues { try await QueueProof(queue: queue, channel: channel, broker: broker, logger: logger).run() }
        } catch {
            await channel.close()
            throw error
        }
        await channel.close()
    }

    /// - Returns: the queues that were not there.
    private func declare(on channel: TopologyChannel) async throws -> [String] {
        try await channel.declareExchange(BrokerNames.events, type: .topic)
        var declared: [String] = []
        for queue in queues {
            if try await channel.messageCount(queue.name) == nil { declared.append(queue.name) }
            try await channel.declareQueue(queue.name, arguments: queue.arguments)
            for type in queue.bindings {
                try await channel.bind(queue: queue.name, exchange: BrokerNames.events, routingKey: type)
            }
        }
        return declared
    }

    /// What a service does at its start instead of declaring: looks whether its queues are there.
    ///
    /// - Throws: ``TopologyError`` that names what is missing; ``BrokerError``.
    public func check(_ broker: BrokerConfiguration, logger: Logger) async throws {
        let channel = TopologyChannel(broker, logger: logger)
        do {
            var missing: [String] = []
            for queue in queues where try await channel.messageCount(queue.name) == nil { missing.append(queue.name) }
            if !missing.isEmpty { throw TopologyError.missing(missing, service: service) }
        } catch {
            await channel.close()
            throw error
        }
        await channel.close()
    }
}

public enum TopologyError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing([String], service: String)
    /// It was declared, but a message that it confirmed did not come back, or it confirmed none.
    case unproven(String, String)

    public var description: String {
        switch self {
        case .missing(let queues, let service):
            "the broker lacks \(queues.joined(separator: ", ")): run the topology command\(service.isEmpty ? "" : " of \(service)") first"
        case .unproven(let queue, let reason): "the queue \(queue) does not keep messages: \(reason)"
        }
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
