public import AMQP
import Foundation
public import Logging
public import Postgres

/// The settings that every process of an installation has, read from its environment.
public struct Installation: Sendable {
    public let service: String
    public let settings: Settings

    public init(service: String, settings: Settings) { (self.service, self.settings) = (service, settings) }

    init(ofThisProcess service: String) { self.init(service: service, settings: Settings(ProcessInfo.processInfo.environment)) }

    /// `DATABASE_URL`, `DATABASE_POOL` (1 to 100, 8).
    public func database() throws -> Database.Configuration {
        Database.Configuration(
            url: try settings.string("DATABASE_URL"), schema: service, applicationName: "\(service)-\(try replica())",
            maximumConnections: try settings.int("DATABASE_POOL", in: 1...100, default: 8))
    }

    /// `AMQP_URL`, and `AMQP_CA_FILE` for amqps.
    public func broker() throws -> BrokerConfiguration {
        let url = try settings.string("AMQP_URL")
        let caFile = try settings.string("AMQP_CA_FILE", default: "")
        let name = "\(service)-\(try replica())"
        do throws(BrokerError) {
            return BrokerConfiguration(try BrokerAddress(url, caFile: caFile.isEmpty ? nil : caFile), connectionName: name)
        } catch {
            throw SettingError("AMQP_URL: \(error.message)")
        }
    }

    /// `REPLICA`: tells the replicas of a service apart in logs and in the lists of connections.
    public func replica() throws -> String { try settings.string("REPLICA", default: "1") }

    /// Sends all logging of this process to standard output at `LOG_LEVEL` (info). Once per process.
    public func startLogging() throws -> Logger {
        let text = try settings.string("LOG_LEVEL", default: "info")
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            throw SettingError("LOG_LEVEL must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        LoggingSystem.bootstrap(
            { label, provider in JSONLogHandler(label: label, level: level, provider: provider) },
            metadataProvider: .ofCurrentWork)
        var logger = Logger(label: service)
        logger[metadataKey: "replica"] = "\(try replica())"
        return logger
    }
}
