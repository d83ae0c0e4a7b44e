import Logging
import NIOCore
import ServiceLifecycle

/// The edge as part of the process: runs until shutdown is asked for, then lets requests finish.
struct EdgeService: Service {
    let edge: Edge

    func run() async throws {
        let server = try await EdgeServer.start(edge)
        edge.log.info(
            "edge is listening",
            metadata: ["url": "\(edge.tls == nil ? "http" : "https")://\(edge.configuration.host):\(server.port)"])
        try? await gracefulShutdown()
        edge.log.info("edge is finishing its requests")
        await server.stop()
    }
}
