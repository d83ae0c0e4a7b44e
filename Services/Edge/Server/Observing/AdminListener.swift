import NIOCore
import NIOHTTP1
import NIOPosix

/// `/metrics` on a port of its own, loopback only: what the edge counts is for its operators.
enum AdminListener {
    /// - Throws: `IOError` when the port cannot be taken.
    static func start(port: Int, on group: any EventLoopGroup, metrics: @escaping @Sendable () -> String) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(metrics))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let metrics: @Sendable () -> String
        private var isKnown = false

        init(_ metrics: @escaping @Sendable () -> String) { self.metrics = metrics }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): isKnown = head.method == .GET && head.uri == "/metrics"
            case .body: break
            case .end:
                let body = ByteBuffer(string: isKnown ? metrics() : "")
                let headers: HTTPHeaders = [
                    "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Content-Length": String(body.readableBytes),
                    "Connection": "close",
                ]
                context.write(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: isKnown ? .ok : .notFound, headers: headers))),
                    promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                let channel = context.channel
                context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
            }
        }
    }
}
