import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// How long and how much the HTTP side of a service puts up with.
struct ServerLimits: Sendable {
    /// From the first byte of a request's head to the last of its body.
    var bodyTime: Duration = .seconds(10)
    /// From the head to the answer; the edge's `Request-Timeout-Ms` shortens it.
    var workingTime: Duration = .seconds(30)
    var idleTime: TimeAmount = .seconds(30)
    /// How long an answer may wait for a client that does not read.
    var stallTime: TimeAmount = .seconds(30)
}

extension Responder {
    /// The server that answers with this responder. Port 0 takes a free one; `onRunning` gets the channel that listens.
    func server(host: String, port: Int, onRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }) -> some Service {
        let (idleTime, stallTime) = (limits.idleTime, limits.stallTime)
        return Application(
            responder: self,
            server: HTTPServerBuilder { answer in
                GuardedChannel(
                    inner: HTTP1Channel(
                        responder: answer,
                        configuration: .init(
                            additionalChannelHandlers: [ConnectionGuard(patience: stallTime)], idleTimeout: idleTime,
                            httpDecoderConfiguration: .init(
                                maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))))
            },
            configuration: .init(address: .hostname(host, port: port), backlog: 1024),
            services: [deadlines],
            onServerRunning: onRunning,
            logger: surroundings.logger)
    }
}
