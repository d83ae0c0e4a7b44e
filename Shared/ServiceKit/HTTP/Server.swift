import ContractKit
public import Foundation
import HummingbirdCore
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import Postgres
public import ServiceLifecycle

/// How long the HTTP side of a service puts up with its clients and its handlers.
public struct ServerLimits: Sendable {
    /// From a request's head to the last byte of its body.
    public var bodyTime: Duration = .seconds(10)
    /// From the head to the answer; the edge's `Request-Timeout-Ms` shortens it.
    public var workingTime: Duration = .seconds(30)
    /// From the head to the answer where the request or the answer is a file.
    public var fileTime: Duration = .seconds(120)
    /// How long a connection may be silent.
    public var idleTime: Duration = .seconds(30)
    /// How long an answer may wait for a client that does not read.
    public var stallTime: Duration = .seconds(30)

    public init() {}
}

private struct RequestBrokeOff: Error {}

/// The HTTP side of a service: its endpoints, health and metrics behind one listener.
public struct ServiceServer: Service {
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        /// 0 takes a free port; see `onRunning`.
        public var port = 0
        public var limits = ServerLimits()
        /// What readiness says of the broker; nil leaves it out.
        public var broker: (@Sendable () async -> BrokerState)?
        public var now: @Sendable () -> Date = { Date() }
        /// What the installation is set to.
        public var appConfig = AppConfig()

        public init() {}
    }

    private let responder: Responder
    private let configuration: Configuration
    private let onRunning: @Sendable (Int) async -> Void

    /// - Parameter onRunning: gets the port once it listens.
    public init(
        service name: String, endpoints: [Endpoint], database: Database, tokens: TokenVerifier,
        configuration: Configuration = Configuration(), metrics: PrometheusRegistry = PrometheusRegistry(), logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        responder = Responder(
            surroundings: Surroundings(
                serviceName: name, database: database, tokens: tokens, logger: logger, now: configuration.now,
                appConfig: configuration.appConfig),
            routes: RouteTable(endpoints, metrics: metrics), deadlines: Deadlines(), limits: configuration.limits,
            health: Health(database: database, broker: configuration.broker), metrics: metrics)
        self.configuration = configuration
        self.onRunning = onRunning
    }

    public func run() async throws {
        let limits = configuration.limits
        let onRunning = onRunning
        var quiet = responder.surroundings.logger
        // Hummingbird tells of every start and connection; what matters of that we log ourselves.
        quiet.logLevel = max(quiet.logLevel, .warning)
        let builder = HTTPServerBuilder { answer in
            GuardedChannel(
                inner: HTTP1Channel(
                    responder: answer,
                    configuration: .init(
                        additionalChannelHandlers: [ConnectionGuard(patience: TimeAmount(limits.stallTime))],
                        idleTimeout: TimeAmount(limits.idleTime),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))))
        }
        // Hummingbird's own application would wake every second to have the date ready, and make a logger for each request.
        let server = try builder.buildServer(
            configuration: .init(address: .hostname(configuration.host, port: configuration.port), backlog: 1024),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet,
            responder: { [responder] (request, writer: consuming ResponseWriter, channel) in
                let response = try await responder.respond(to: request, on: channel)
                do {
                    try await writer.write(response: response.head, body: response.body)
                } catch is HTTPParserError {
                    // The rest of the request is no HTTP. Its answer is under way, and must not be followed by one that says so.
                    throw RequestBrokeOff()
                }
            },
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) })
        try await ServiceGroup(configuration: .init(services: [responder.deadlines, server], logger: quiet)).run()
    }
}
