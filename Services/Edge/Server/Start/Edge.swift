import ContractKit
import Logging
import NIOSSL
import ServiceKit

/// What all event loops share. Nothing in it changes but by its own locks.
final class Edge: Sendable {
    let configuration: EdgeConfiguration
    let services: [String]
    let routes: RouteTable
    let pages: Pages
    let keys: TokenKeys
    let ended: EndedSessions
    /// The organizations and people whose tokens are refused for now.
    let standings = Standings()
    let limiter = RateLimiter()
    let log: Logger
    let accessLog: AccessLogWriter
    let tls: NIOSSLContext?

    /// - Throws: when the contracts contradict each other, or the TLS files cannot be used.
    init(
        _ configuration: EdgeConfiguration, contracts: [any ServiceContract.Type], keys: TokenKeys, ended: EndedSessions, logger: Logger,
        accessLog: AccessLogWriter? = nil
    ) throws {
        self.configuration = configuration
        self.keys = keys
        self.ended = ended
        services = contracts.map { $0.name }
        routes = try RouteTable(contracts)
        pages = Pages(contracts)
        log = logger
        self.accessLog = accessLog ?? AccessLogWriter(logger)
        tls = try configuration.tls.map { files in
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { NIOSSLCertificateSource.certificate($0) }
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
            settings.minimumTLSVersion = .tlsv12
            settings.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: settings)
        }
    }
}
