// NIO's HTTPServerPipelineHandler answers a backlog of pipelined requests by recursion, one stack frame set per request that
// is answered at once, and cannot tell a refused head from a broken body. So the order of pipelined requests is kept here.

import ContractKit
import NIOCore
import NIOHTTP1

/// One client's connection: takes requests in order, one at a time, reads only what can be passed on, and watches the clock.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: EdgeLoop
    private(set) var remote: SocketAddress?
    private(set) var address = "unknown"
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var outbox = Outbox()
    /// Parsed, but not yet their turn. While there is something in it nothing is read, so it holds one read's worth at most.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var inputBroke: Refusal?
    private var isAdvancing = false
    private var isInRead = false
    private var readHeld = false
    private var sawPart = false
    private var headBegan: NIODeadline?
    private var idleSince = NIODeadline.now()
    /// Set with the last answer: what still comes is dropped.
    private var closesBy: NIODeadline?
    private var timer: (task: Scheduled<Void>, due: NIODeadline)?

    init(_ loop: EdgeLoop) { self.loop = loop }

    private var times: EdgeConfiguration.Times { loop.edge.configuration.times }

    // The channel's side.

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard remote == nil else { return }
        remote = context.channel.remoteAddress
        address = remote?.ipAddress ?? "unknown"
        if loop.add(self) { rearm() } else { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        waiting.removeAll()
        let lost = exchange
        exchange = nil
        lost?.clientGone()
        loop.remove(self)
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if wantsMore { context.read() } else { readHeld = true }
    }

    private var wantsMore: Bool {
        if closesBy != nil { return true }
        // To stop reading and to begin again are two system calls: for the next request, which rarely comes before its turn, it goes on.
        guard let exchange, !exchange.requestComplete else { return waiting.isEmpty }
        return exchange.wantsBody
    }

    func resumeReading() {
        guard readHeld, wantsMore, let context else { return }
        readHeld = false
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard closesBy == nil else { return }
        (sawPart, isInRead) = (true, true)
        waiting.append(unwrapInboundIn(data))
        advance()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInRead = false
        // Bytes came and made no head yet: from now on it has to be complete in time.
        if !sawPart, headBegan == nil, exchange?.requestComplete ?? true {
            headBegan = .now()
            rearm()
        }
        sawPart = false
        exchange?.clientPause()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.clientWritable() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard closesBy == nil else { return }
        guard let error = error as? HTTPParserError else { return abort() }
        let refusal =
            error == .headerOverflow
            ? Refusal(.headersTooLarge, closes: true) : Refusal(.badRequest, "this is not a well-formed HTTP/1.1 request", closes: true)
        if let exchange, !exchange.requestComplete {
            exchange.inputBroke(refusal)
        } else {
            // The answers to what came before go out first.
            inputBroke = refusal
            advance()
        }
    }

    // In turn.

    /// Whether a flush will follow by itself.
    var isCollecting: Bool { isInRead || isAdvancing }

    private func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        while closesBy == nil, exchange?.requestComplete != true, let part = waiting.popFirst() { take(part) }
        isAdvancing = false
        if !isInRead { exchange?.clientPause() }
        if exchange == nil, waiting.isEmpty, closesBy == nil, let refusal = inputBroke { refuseUnread(refusal) }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            headBegan = nil
            let exchange = Exchange(head, of: self)
            self.exchange = exchange
            exchange.start()
            rearm()
        case .body(let bytes): exchange?.body(bytes)
        case .end: exchange?.end()
        }
    }

    /// The exchange is over and the connection is good for another.
    func next(now: NIODeadline = .now()) {
        exchange = nil
        idleSince = now
        if loop.isDraining, waiting.isEmpty { return closeAfterFlush(lingering: false) }
        advance()
        rearm()
        resumeReading()
    }

    private func refuseUnread(_ refusal: Refusal) {
        let exchange = Exchange(HTTPRequestHead(version: .http1_1, method: .GET, uri: "-"), of: self)
        self.exchange = exchange
        exchange.refuse(refusal)
    }

    func drain() {
        if let exchange { exchange.closeAfterwards() } else { closeAfterFlush(lingering: false) }
    }

    // The exchange's side.

    var isWritable: Bool { context?.channel.isWritable ?? false }
    func write(_ write: (inout [UInt8]) -> Void) { if let context { outbox.add(to: context, write) } }
    func write(_ bytes: ByteBuffer, isChunk: Bool) { if let context { outbox.add(bytes, isChunk: isChunk, to: context) } }
    func flush() { if let context { outbox.flush(context) } }

    /// The last answer is written: closes once it is out. A client that is still sending gets a moment to read it, because
    /// closing on unread bytes would reset the connection and take the answer with it.
    func closeAfterFlush(lingering: Bool) {
        guard let context, closesBy == nil else { return }
        closesBy = .now() + times.answerStall
        exchange = nil
        waiting.removeAll()
        let written = context.eventLoop.makePromise(of: Void.self)
        outbox.flush(context)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard let self, let context = self.context else { return }
            guard lingering else { return context.close(promise: nil) }
            self.closesBy = .now() + self.times.linger
            context.close(mode: .output, promise: nil)
            self.rearm()
            self.resumeReading()
        }
        rearm()
    }

    func abort() { context?.close(promise: nil) }

    // The clock. One timer a connection, moved only when something is due earlier than it.

    private var deadline: NIODeadline {
        closesBy ?? exchange?.deadline ?? headBegan.map { $0 + times.head } ?? idleSince + times.idle
    }

    func rearm() {
        guard let context, remote != nil else { return }
        let due = deadline
        if let timer {
            guard due < timer.due else { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] () -> Void in self?.tick() }
        timer = (task, due)
    }

    private func tick() {
        timer = nil
        guard deadline <= .now() else { return rearm() }
        if closesBy != nil {
            abort()
        } else if let exchange {
            exchange.timedOut()
            if context?.channel.isActive == true { rearm() }
        } else if headBegan != nil {
            refuseUnread(Refusal(.requestTimeout, closes: true))
        } else {
            closeAfterFlush(lingering: false)
        }
    }
}
