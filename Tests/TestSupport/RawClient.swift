import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix

/// A socket that sends what no well-behaved client would, and sees every byte that comes back.
public final class RawClient: Sendable {
    private struct State: Sendable {
        var text = ""
        var bytes = 0
        var isClosed = false
    }

    private let state: NIOLockedValueBox<State>
    public let channel: any Channel

    public init(_ port: Int, reads: Bool = true) async throws {
        let state = NIOLockedValueBox(State())
        self.state = state
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(state)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    public func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    public func send(_ bytes: ByteBuffer) -> EventLoopFuture<Void> { channel.writeAndFlush(bytes) }
    public func close() { channel.close(promise: nil) }

    public var text: String { state.withLockedValue { $0.text } }
    public var bytes: Int { state.withLockedValue { $0.bytes } }
    public var isClosed: Bool { state.withLockedValue { $0.isClosed } }

    /// How many answers have begun.
    public var answers: Int { text.matches(of: #/HTTP/1\.1 \d{3} /#).count }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let state: NIOLockedValueBox<State>
        init(_ state: NIOLockedValueBox<State>) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            state.withLockedValue {
                $0.bytes += buffer.readableBytes
                if $0.text.utf8.count < 2_000_000 { $0.text += String(buffer: buffer) }
            }
        }
        func channelInactive(context: ChannelHandlerContext) { state.withLockedValue { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
