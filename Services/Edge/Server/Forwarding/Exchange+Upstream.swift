import ContractKit
import NIOCore
import NIOHTTP1

/// How far an exchange has come with the service's side.
struct Forwarding {
    var upstream: UpstreamConnection?
    /// The body as far as it came and is not beyond recall: waiting for a connection, or kept for a repetition.
    var kept: [ByteBuffer] = []
    var keptBytes = 0
    var isReplayable = true
    /// Replicas that could not be reached.
    var tried: [Replica] = []
    /// A replica that lost this request, to be avoided if there is another.
    var avoided: Replica?
    var wroteAny = false
    var hasRepeated = false
    var isOver = false
}

extension Exchange: UpstreamUser {
    private static let mostKept = 1 << 16

    private var isSafe: Bool { head.method == .GET || head.method == .HEAD }

    /// A repetition must do no harm: reading never does, and a write under its Idempotency-Key takes effect once.
    private var mayRepeat: Bool {
        !forwarding.hasRepeated && forwarding.isReplayable
            && (isSafe || !forwarding.wroteAny || headFields.seen.contains(.idempotencyKey))
    }

    private var isRepeatable: Bool { isSafe || headFields.seen.contains(.idempotencyKey) }

    // To the service.

    func forward() {
        guard let operation, let set = loop.replicas(of: operation.service) else { return refuse(Refusal(.unavailable, retryAfter: 1)) }
        let now = NIODeadline.now()
        let passedOver = forwarding.avoided.map { forwarding.tried + [$0] } ?? forwarding.tried
        guard let replica = set.pick(now: now, besides: passedOver) ?? set.pick(now: now, besides: forwarding.tried) else {
            return refuse(givingUp)
        }
        if !forwarding.hasRepeated, let connection = replica.takeIdle(now: now) { return use(connection) }
        replica.connect { [weak self] connection in
            guard let self, !self.forwarding.isOver, !self.answerStarted else {
                if let connection { replica.park(connection) }
                return
            }
            if let connection {
                self.use(connection)
            } else {
                self.forwarding.tried.append(replica)
                self.forward()
            }
        }
    }

    private func use(_ connection: UpstreamConnection) {
        progressed()
        let left = max(.milliseconds(1), started + patience - lastProgress)
        forwarding.upstream = connection
        forwarding.wroteAny = true
        connection.serve(self, isChunked: framing == .chunked) { buffer in
            headFields.writeToService(
                head, framing: framing, address: client.address, requestID: requestID, trace: trace, timeout: left,
                isSigned: operation?.needsToken ?? true, into: &buffer)
        }
        for bytes in forwarding.kept { connection.send(bytes) }
        if requestComplete { connection.sendEnd() }
        letGo()
        if !client.isCollecting { connection.flush() }
        if awaitsContinue {
            connection.flush()
            writeContinue()
        }
        client.resumeReading()
        client.rearm()
    }

    /// Keeps of the body only what a repetition could still need.
    private func letGo() {
        guard forwarding.upstream != nil, !isRepeatable || forwarding.keptBytes > Self.mostKept else { return }
        if received > 0 { forwarding.isReplayable = false }
        forwarding.kept = []
    }

    func forwardBody(_ bytes: ByteBuffer) {
        if forwarding.upstream == nil || (isRepeatable && forwarding.isReplayable) {
            forwarding.kept.append(bytes)
            forwarding.keptBytes += bytes.readableBytes
        }
        letGo()
        forwarding.upstream?.send(bytes)
    }

    func forwardEnd() {
        forwarding.upstream?.sendEnd()
    }

    func clientPause() { forwarding.upstream?.flush() }

    var upstreamTakesBody: Bool { forwarding.upstream?.isWritable ?? false }

    func clientWritable() {
        progressed()
        forwarding.upstream?.resumeReading()
    }

    func abandonUpstream(asFailure: Bool) {
        forwarding.upstream?.abandon(asFailure: asFailure)
        forwarding.upstream = nil
    }

    /// What to say when no answer came: whether repeating is harmless depends on what the service may have seen.
    var givingUp: Refusal {
        if isSafe || !forwarding.wroteAny { return Refusal(.unavailable, retryAfter: 1) }
        return Refusal(.outcomeUnknown, retryAfter: 1)
    }

    // From the service.

    var takesAnswer: Bool { client.isWritable }

    func upstreamHead(_ head: AnswerHead) {
        forwarding.kept = []
        var length: Int?
        if case .length(let given) = head.framing { length = given }
        begin(HTTPResponseStatus(statusCode: head.status), length: length) { head.write(to: &$0) }
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        progressed()
        write(bytes)
    }

    func upstreamPause() { if answerStarted { client.flush() } }

    func upstreamEnd() {
        forwarding.upstream = nil
        finish()
    }

    func upstreamWritable() {
        client.resumeReading()
        client.rearm()
    }

    func upstreamLost(_ connection: UpstreamConnection) {
        forwarding.upstream = nil
        if answerStarted { return fail() }
        guard mayRepeat else { return refuse(givingUp) }
        forwarding.hasRepeated = true
        if !connection.isReused { forwarding.avoided = connection.replica }
        forward()
    }
}
