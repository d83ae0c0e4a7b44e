import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A service that answers as a test wants it to, on a free loopback port.
final class TestService: Sendable {
    /// A request at the service; its answer is written step by step.
    struct Call: Sendable {
        let head: HTTPRequestHead
        let channel: any Channel

        func answer(_ status: HTTPResponseStatus = .ok, _ body: String = "", _ fields: [(String, String)] = []) {
            var headers = HTTPHeaders(fields)
            headers.add(name: "Content-Length", value: String(body.utf8.count))
            write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
            if !body.isEmpty { write(.body(.byteBuffer(ByteBuffer(string: body)))) }
            channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        }

        /// The head of an answer in chunks.
        func begin() {
            channel.writeAndFlush(
                HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Transfer-Encoding": "chunked"])),
                promise: nil)
        }

        func chunk(_ bytes: ByteBuffer) -> EventLoopFuture<Void> { channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(bytes))) }
        func end() { channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil) }
        func cut() { channel.close(promise: nil) }
        private func write(_ part: HTTPServerResponsePart) { channel.write(part, promise: nil) }
    }

    struct Seen: Sendable {
        var heads: [HTTPRequestHead] = []
        var bodyBytes = 0
        var body = ""
        var ended = 0
        var connections = 0
        var lost = 0
    }

    private let seenBox = NIOLockedValueBox(Seen())
    private let channel: NIOLockedValueBox<(any Channel)?> = .init(nil)
    private let children = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])
    private let onHead: @Sendable (Call) -> Void
    private let onEnd: @Sendable (Call) -> Void
    let port: Int

    var seen: Seen { seenBox.withLockedValue { $0 } }

    /// - Parameter onEnd: called when the whole request is there; `onHead` already when its head is.
    init(
        port: Int = 0, onEnd: @escaping @Sendable (Call) -> Void = { $0.answer() }, onHead: @escaping @Sendable (Call) -> Void = { _ in }
    ) async throws {
        self.onHead = onHead
        self.onEnd = onEnd
        let (seenBox, children) = (seenBox, children)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                seenBox.withLockedValue { $0.connections += 1 }
                children.withLockedValue { $0[ObjectIdentifier(channel)] = channel }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(Handler(seenBox, children, onHead, onEnd))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = listener.localAddress?.port ?? 0
        channel.withLockedValue { $0 = listener }
    }

    var address: String { "127.0.0.1:\(port)" }

    /// Dies: the port and every connection are gone at once.
    func stop() async {
        try? await channel.withLockedValue { $0 }?.close().get()
        dropConnections()
    }

    /// Closes the connections and goes on listening, as after an idle timeout.
    func dropConnections() {
        for child in children.withLockedValue({ Array($0.values) }) { child.close(promise: nil) }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        private let seen: NIOLockedValueBox<Seen>
        private let children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>
        private let onHead, onEnd: @Sendable (Call) -> Void
        private var call: Call?

        init(
            _ seen: NIOLockedValueBox<Seen>, _ children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>,
            _ onHead: @escaping @Sendable (Call) -> Void, _ onEnd: @escaping @Sendable (Call) -> Void
        ) {
            (self.seen, self.children, self.onHead, self.onEnd) = (seen, children, onHead, onEnd)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                seen.withLockedValue { $0.heads.append(head) }
                let call = Call(head: head, channel: context.channel)
                self.call = call
                onHead(call)
            case .body(let bytes):
                seen.withLockedValue {
                    $0.bodyBytes += bytes.readableBytes
                    if $0.body.utf8.count < 10_000 { $0.body += String(buffer: bytes) }
                }
            case .end:
                seen.withLockedValue { $0.ended += 1 }
                if let call { onEnd(call) }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            seen.withLockedValue { $0.lost += 1 }
            children.withLockedValue { $0[ObjectIdentifier(context.channel)] = nil }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
