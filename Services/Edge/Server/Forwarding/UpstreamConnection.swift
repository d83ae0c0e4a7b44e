import NIOCore

/// Whom an upstream connection works for: an exchange with a client, or a probe.
protocol UpstreamUser: AnyObject {
    func upstreamHead(_ head: AnswerHead)
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
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var reader = AnswerReader()
    private var outbox = Outbox()
    private var isChunked = false

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
    private var hasFailed = false

    func belong(to replica: Replica) { self.replica = replica }

    var isOpen: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // The user's side.

    /// Sends a request's head, as `write` has it. Never one of HEAD: the body of its answer would be waited for.
    func serve(_ user: any UpstreamUser, isChunked: Bool, _ write: (inout [UInt8]) -> Void) {
        self.user = user
        self.isChunked = isChunked
        (hasAnswered, requestEnded, isKept, isDone) = (false, false, false, false)
        replica?.began()
        reader.begin()
        if let context { outbox.add(to: context, write) }
    }

    func send(_ bytes: ByteBuffer) { if let context { outbox.add(bytes, isChunk: isChunked, to: context) } }

    func sendEnd() {
        requestEnded = true
        if isChunked, let context { outbox.add(to: context) { $0.add("0\r\n\r\n") } }
    }

    func flush() { if let context { outbox.flush(context) } }

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
        reader.take(unwrapInboundIn(data))
        do throws(AnswerReader.Malformed) {
            while let part = try reader.next() { take(part) }
        } catch {
            context.close(promise: nil)
        }
        // Nobody asked for it, so nobody may be given it.
        if user == nil, !reader.isClean { context.close(promise: nil) }
    }

    private func take(_ part: AnswerReader.Part) {
        switch part {
        case .head(let head):
            hasAnswered = true
            isKept = head.isKept
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
            if isKept, requestEnded, reader.isClean, let replica { replica.park(self) } else { context.close(promise: nil) }
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { user?.upstreamWritable() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hasFailed = true
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if reader.endsWithConnection, !hasFailed { take(.end) }
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
