import AuthContract
import BillingContract
import ContractKit
import CoreMetrics
import Foundation
import Logging
import Messaging
import NotificationsContract
import SchedulingContract
import ServiceKit
import ServiceLifecycle
import UnixSignals
import WorkoutsContract

@main struct Main {
    static var contracts: [any ServiceContract.Type] {
        [AuthContract.self, SchedulingContract.self, WorkoutsContract.self, BillingContract.self, NotificationsContract.self]
    }

    static func main() async {
        do {
            try await serve(Settings(ProcessInfo.processInfo.environment))
        } catch {
            FileHandle.standardError.write(Data("edge: \(sentence(error))\n".utf8))
            exit(1)
        }
    }

    /// - Throws: `SettingError`, in words for whoever starts it.
    private static func serve(_ settings: Settings) async throws {
        // Whoever reads the log may go away; that must not end the edge.
        signal(SIGPIPE, SIG_IGN)
        let installation = Installation(service: "edge", settings: settings)
        let configuration = try EdgeConfiguration(settings, services: contracts.map { $0.name })
        let broker = try installation.broker()
        let keys = try tokenKeys(try settings.string("TOKEN_KEYS_FILE"))
        let logger = try installation.startLogging()
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)

        let ended = EndedSessions()
        let edge = try Edge(configuration, contracts: contracts, keys: keys, ended: ended, logger: logger)
        let messaging = MessagingService(
            listeners: [OnLoginSessionEnded(ended: ended), StandingListener(edge.standings)], broker: broker, logger: logger)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        // A group stops from the end: the door first.
        var group = ServiceGroupConfiguration(
            services: messaging.services + [EdgeService(edge: edge, metrics: metrics)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet)
        group.maximumGracefulShutdownDuration = .seconds(20)
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }

    private static func tokenKeys(_ file: String) throws -> TokenKeys {
        do { return try TokenKeys(file: file) } catch { throw SettingError("TOKEN_KEYS_FILE: \(file) cannot be used: \(error)") }
    }

    private static func sentence(_ error: any Error) -> String {
        "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
