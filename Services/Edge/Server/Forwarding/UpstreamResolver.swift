import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Turns the upstreams' names into addresses, again and again: behind one name, replicas come and go.
struct UpstreamResolver: Sendable {
    let endpoints: [String: [EdgeConfiguration.Endpoint]]

    /// Every service's addresses. A name that does not resolve stands for none, and is logged.
    func resolve(logger: Logger) async -> [String: [SocketAddress]] {
        // getaddrinfo blocks for as long as a name server takes.
        let found = try? await NIOThreadPool.singleton.runIfActive { endpoints.mapValues { $0.flatMap { Self.addresses(of: $0, logger) } } }
        return found ?? [:]
    }

    private static func addresses(of endpoint: EdgeConfiguration.Endpoint, _ logger: Logger) -> [SocketAddress] {
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) { return [address] }
        let addresses = SystemResolver.addresses(of: endpoint.host, port: endpoint.port)
        if addresses.isEmpty { logger.warning("upstream name does not resolve", metadata: ["upstream": "\(endpoint)"]) }
        return addresses
    }
}
