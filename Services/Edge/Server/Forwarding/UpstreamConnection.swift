import NIOCore
import NIOHTTP1

/// Whom an upstream connection works for: an exchange with a client, or a probe.
protocol UpstreamUser: AnyObject {
    func upstreamHead(_ head: HTTPResponseHead)
    func upstreamBody(_ bytes: ByteBuffer)
    /// What has arrived so far may go out.
    func upstreamPause()
    /// The answer is complete; the connection is no longer the user's.
    func upstreamEnd()
    func upstreamWritable()
    /// The connection ended before the answer did; it is no longer the user's.
    func upstreamLost(_ connection: UpstreamConnection)
    /// False holds back further reading.
    var takesAnswer: Bool { get }
}

/// One kept connection to one replica, for one request at a time. Lives on its event loop.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var context: ChannelHandlerContext?
    private(set) var replica: Replica?
    private var user: (any UpstreamUser)?
    /// Whether it served a request before this one, and so may have been closed by the service in the meantime.
    private(set) var isReused = false
    private(set) var hasAnswered = false
    private var requestEnded = false
    private var isKept = false
    private var isDone = false
    private var readHeld = false

    func belong(to replica: Replica) { self.replica = replica }

    var isOpen: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // The user's side.

    func serve(_ user: any UpstreamUser, _ head: HTTPRequestHead) {
        self.user = user
        (hasAnswered, requestEnded, isKept, isDone) = (false, false, false, false)
        replica?.began()
        context?.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }

    func sendEnd() {
        requestEnded = true
        context?.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func flush() { context?.flush() }

    func resumeReading() {
        guard readHeld, let context else { return }
        readHeld = false
        context.read()
    }

    /// The user is gone or has run out of patience. The answer would still come, so the connection cannot be used again.
    func abandon(asFailure: Bool) {
        guard user != nil else { return }
        user = nil
        replica?.ended(failed: asFailure)
        context?.close(promise: nil)
    }

    func close() { context?.close(promise: nil) }

    // The channel's side.

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if user?.takesAnswer ?? true { context.read() } else { readHeld = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            hasAnswered = true
            isKept = head.isKeepAlive
            replica?.answered()
            user?.upstreamHead(head)
        case .body(let bytes):
            user?.upstreamBody(bytes)
        case .end:
            guard let user else { return }
            self.user = nil
            isDone = true
            replica?.ended(failed: false)
            user.upstreamEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        user?.upstreamPause()
        // Only now is it certain that nothing followed the answer which the next user would take for its own.
        if isDone {
            isDone = false
            isReused = true
            if isKept, requestEnded, let replica { replica.park(self) } else { context.close(promise: nil) }
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { user?.upstreamWritable() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        replica?.closed(self)
        if let user {
            self.user = nil
            // A kept connection that the service closed in the meantime says nothing about the service.
            replica?.ended(failed: hasAnswered || !isReused)
            user.upstreamLost(self)
        }
        replica = nil
        context.fireChannelInactive()
    }
}
