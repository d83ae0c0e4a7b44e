import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceKit
import ServiceLifecycle

/// The edge as part of the process: runs until shutdown is asked for, then lets requests finish.
struct EdgeService: Service {
    let edge: Edge
    let metrics: PrometheusRegistry

    /// - Throws: `SettingError` when a port is taken.
    func run() async throws {
        let configuration = edge.configuration
        let server = try await naming("EDGE_PORT", configuration.host, configuration.port) { try await EdgeServer.start(edge) }
        var admin: (any Channel)?
        if let port = configuration.adminPort {
            admin = try await naming("EDGE_ADMIN_PORT", "127.0.0.1", port) { [metrics] in
                try await AdminListener.start(port: port, on: MultiThreadedEventLoopGroup.singleton) { metrics.render() }
            }
        }
        edge.log.info(
            "edge is listening",
            metadata: ["url": "\(edge.tls == nil ? "http" : "https")://\(edge.configuration.host):\(server.port)"])
        try? await gracefulShutdown()
        edge.log.info("edge is finishing its requests")
        await server.stop()
        try? await admin?.close()
    }

    private func naming<Result>(_ setting: String, _ host: String, _ port: Int, _ listen: () async throws -> Result) async throws -> Result
    {
        do { return try await listen() } catch let error as IOError {
            let reason = error.errnoCode == EADDRINUSE ? "is taken by another process" : "cannot be listened on: \(error)"
            throw SettingError("\(setting): \(host):\(port) \(reason)")
        }
    }
}
