import AMQP
import ContractKit
import CoreMetrics
import FieldEncryption
import Foundation
import Logging
import Messaging
import Postgres
import ServiceLifecycle
import UnixSignals

/// A service from its settings to its end.
struct ServiceProcess<S: PalestraService>: Sendable {
    private let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// Reads every setting; opens no connection but to the key service.
    func check() async throws {
        let logger = try installation.startLogging()
        _ = try await parts(logger, Database(installation.database(), logger: logger))
    }

    /// Runs until it is told to stop.
    ///
    /// - Throws: ``SettingError`` and ``StartError``, in words for whoever runs it.
    func serve() async throws {
        // Whoever reads our log may go away; that must not end us.
        signal(SIGPIPE, SIG_IGN)
        let logger = try installation.startLogging()
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let database = Database(try installation.database(), logger: logger)
        let (parts, keys, tokens, broker, server) = try await parts(logger, database)
        try await waitForDatabase(database, logger)

        let messaging = MessagingService(
            service: S.Contract.self, reactions: parts.reactions,
            listeners: parts.listeners + [
                EndedSessionsListener(tokens.ended), StandingListener(tokens.standings), AppConfigListener(server.appConfig),
            ],
            database: database, broker: broker, logger: logger)
        let topology = TopologyWatch(topology: Topology(service: S.Contract.self, hears: S.hears), broker: broker, logger: logger)
        var configuration = server
        configuration.broker = { topology.isMissing ? .undeclared : messaging.health.isConnected ? .connected : .away }
        let http = ServiceServer(
            service: S.Contract.name, endpoints: parts.endpoints, database: database, tokens: tokens, configuration: configuration,
            metrics: metrics, logger: logger
        ) { port in logger.info("listening", metadata: ["port": "\(port)"]) }

        // A group stops from the end: the door closes first, then what runs by itself, the reactions, the relay, the connections.
        var group = ServiceGroupConfiguration(
            services: [DatabaseCloser(database: database)] + messaging.services + parts.services + keys
                + [
                    JobRunner(service: S.Contract.name, jobs: ownJobs(logger) + parts.jobs, database: database, logger: logger),
                    topology, http,
                ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        group.maximumGracefulShutdownDuration = .seconds(25)
        group.maximumCancellationDuration = .seconds(5)
        let impatience = Impatience()
        defer { impatience.end() }
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            throw StartError("stopped: \(error)")
        }
        logger.info("stopped")
    }

    /// What every service does by itself.
    private func ownJobs(_ logger: Logger) -> [Job] { [.expiredIdempotencyKeys, .auditLogMonths, .sealedAuditLog(logger)] }

    private func parts(
        _ logger: Logger, _ database: Database
    ) async throws -> (ServiceParts, [KeyRefresher], TokenVerifier, BrokerConfiguration, ServiceServer.Configuration) {
        var server = ServiceServer.Configuration()
        server.host = try installation.settings.string("HTTP_HOST", default: "127.0.0.1")
        server.port = try installation.settings.int("HTTP_PORT", in: 0...65_535)
        let broker = try installation.broker()
        var keys: [KeyRefresher] = []
        if let provider = try installation.keyProvider() {
            keys = [KeyRefresher(keys: try await installation.openKeys(provider), provider: provider, logger: logger)]
        }
        let parts = try S.build(
            ServiceContext(settings: installation.settings, database: database, keys: keys.first?.keys, logger: logger))
        let tokens = try await TokenVerifier(keysFile: installation.settings.string("TOKEN_KEYS_FILE"), logger: logger)
        return (parts, keys, tokens, broker, server)
    }

    /// A machine that starts everything at once starts us before the database now and then.
    private func waitForDatabase(_ database: Database, _ logger: Logger) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !(await database.isReachable(within: .seconds(2))) {
            guard ContinuousClock.now < deadline else { throw StartError("DATABASE_URL: the database does not answer") }
            logger.info("waiting for the database")
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// Why a service did not start, or stopped by itself.
struct StartError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
