import ContractKit
import Foundation
import NIOCore
import NIOHTTP1

/// One request and its answer, from the client's side: admitted or refused here, passed on in `Exchange+Upstream`.
final class Exchange {
    let client: ClientConnection
    let head: HTTPRequestHead
    let requestID: String
    let trace: TraceContext
    let started = NIODeadline.now()
    private(set) var operation: RoutedOperation?
    private(set) var caller: AccessToken?
    private(set) var framing = BodyFraming.none
    /// Fields that this answer carries whoever gives it.
    private var fields: [(String, String)]
    private(set) var received = 0
    private(set) var requestComplete = false
    private(set) var awaitsContinue = false
    private(set) var answerStarted = false
    private(set) var answerComplete = false
    private var keepsAlive: Bool
    private(set) var status = 0
    private(set) var sent = 0
    private var lastProgress = NIODeadline.now()
    var forwarding = Forwarding()

    /// The rest of a refused request's body that is read and dropped to keep the connection.
    private static let discarded = 1 << 16

    init(_ head: HTTPRequestHead, of client: ClientConnection) {
        self.head = head
        self.client = client
        requestID = HeaderRules.requestID(head.headers)
        trace = TraceContext(head.headers)
        fields = [("Request-Id", requestID), ("X-Content-Type-Options", "nosniff")]
        // The decoder stops at a request that asks for another protocol.
        keepsAlive = head.isKeepAlive && !client.loop.isDraining && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        if client.loop.edge.tls != nil { fields.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains")) }
    }

    var loop: EdgeLoop { client.loop }
    var edge: Edge { client.loop.edge }
    var times: EdgeConfiguration.Times { edge.configuration.times }

    // What the client sends.

    func start() {
        do throws(Refusal) {
            framing = try RequestHygiene.framing(of: head)
            let target = try RequestTarget(head.uri)
            fields += CORS.fields(for: head.headers, allowed: edge.configuration.corsOrigins)
            try admit(target)
        } catch {
            refuse(error)
        }
    }

    func body(_ bytes: ByteBuffer) {
        received += bytes.readableBytes
        lastProgress = .now()
        if answerComplete {
            if received > Self.discarded { client.closeAfterFlush(lingering: true) }
        } else if received > operation?.bodyLimit ?? 0 {
            inputBroke(Refusal(.contentTooLarge, closes: true))
        } else {
            forwardBody(bytes)
        }
    }

    func end() {
        requestComplete = true
        if answerComplete { client.next() } else { forwardEnd() }
    }

    /// The body cannot be read to its end.
    func inputBroke(_ refusal: Refusal) {
        guard !answerComplete else { return client.closeAfterFlush(lingering: true) }
        abandonUpstream(asFailure: false)
        if answerStarted { fail() } else { refuse(refusal) }
    }

    func clientGone() {
        abandonUpstream(asFailure: false)
        forwarding.isOver = true
        if !answerComplete { report(as: 499) }
    }

    func closeAfterwards() { keepsAlive = false }

    /// Whether the client may send on: never more than the other side takes.
    var wantsBody: Bool { !requestComplete && (answerComplete || upstreamTakesBody) }

    // Time.

    var deadline: NIODeadline {
        if answerComplete { return lastProgress + times.bodyStall }
        if answerStarted { return lastProgress + times.answerStall }
        let due = started + times.request
        return wantsBody ? min(due, lastProgress + times.bodyStall) : due
    }

    func progressed() { lastProgress = .now() }

    func timedOut() {
        if answerComplete { return client.closeAfterFlush(lingering: true) }
        if answerStarted { return fail() }
        if wantsBody { return inputBroke(Refusal(.requestTimeout, closes: true)) }
        abandonUpstream(asFailure: true)
        refuse(givingUp)
    }

    // Admission.

    private func admit(_ target: RequestTarget) throws(Refusal) {
        let method = head.method.rawValue
        if try ownAnswer(target, method) { return }
        switch edge.routes.match(method, target.segments) {
        case .operation(let operation):
            self.operation = operation
            try identify(operation)
            if case .length(let length) = framing, length > operation.bodyLimit { throw Refusal(.contentTooLarge) }
            awaitsContinue = try RequestHygiene.expectsContinue(head.headers) && framing != .none && head.version == .http1_1
            forward()
        case .otherMethods(let methods):
            if head.method == .OPTIONS { return answer(CORS.options(methods, fields)) }
            try limitAddress()
            throw Refusal(.methodNotAllowed, headers: [("Allow", methods.joined(separator: ", "))], closes: head.method == .CONNECT)
        case .nothing:
            try limitAddress()
            throw Refusal(.notFound)
        }
    }

    private func ownAnswer(_ target: RequestTarget, _ method: String) throws(Refusal) -> Bool {
        let isHealth = target.path == "/livez" || target.path == "/readyz"
        let page = edge.pages[String(target.path)]
        guard isHealth || page != nil else { return false }
        if !isHealth { try limitAddress() }
        guard method == "GET" || method == "HEAD" else { throw Refusal(.methodNotAllowed, headers: [("Allow", "GET, HEAD")]) }
        if let page {
            answer(page.answer(ifNoneMatch: head.headers[canonicalForm: "if-none-match"]))
        } else if target.path == "/livez" {
            answer(
                Answer(
                    .ok, type: "application/json", body: ByteBuffer(string: #"{"status":"alive"}"#),
                    headers: [("Cache-Control", "no-store")]))
        } else {
            loop.readiness.ask { [weak self] answer in
                if let self, !self.answerStarted, !self.forwarding.isOver { self.answer(answer) }
            }
        }
        return true
    }

    private func identify(_ operation: RoutedOperation) throws(Refusal) {
        guard operation.needsToken else { return try limitAddress() }
        do throws(TokenRefusal) {
            guard let text = try Self.bearer(head.headers) else { throw .missing }
            caller = try loop.tokens.token(text, keys: edge.keys, ended: edge.ended, now: Date())
        } catch {
            try limitAddress()
            throw error.refusal
        }
        if let caller { try count(LimitKey(caller.personID), edge.configuration.rateLimit) }
    }

    /// The token of `Authorization: Bearer`; nil when there is no such field.
    private static func bearer(_ headers: HTTPHeaders) throws(TokenRefusal) -> Substring? {
        guard let field = headers.first(name: "authorization") else { return nil }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { return nil }
        let token = field.dropFirst(scheme.count + 1)
        guard !token.isEmpty else { throw .invalid }
        return token
    }

    private func limitAddress() throws(Refusal) {
        try count(LimitKey(client.remote), edge.configuration.anonymousRateLimit)
    }

    private func count(_ key: LimitKey, _ quota: Int) throws(Refusal) {
        let verdict = edge.limiter.take(key, quota: quota, now: started)
        fields += verdict.headers
        guard verdict.isAllowed else { throw Refusal(.rateLimited, retryAfter: verdict.seconds) }
    }

    // The answer.

    func refuse(_ refusal: Refusal) {
        if refusal.closes { keepsAlive = false }
        answer(Answer(refusal))
    }

    func answer(_ answer: Answer) {
        // What is left of the body must be read before the next request; not if it is long, or may never come.
        if !requestComplete, awaitsContinue || !isShort { keepsAlive = false }
        var headers = HTTPHeaders(answer.headers)
        if answer.status.mayHaveResponseBody { headers.add(name: "Content-Length", value: String(answer.body.readableBytes)) }
        begin(answer.status, headers)
        if answer.body.readableBytes > 0 { write(answer.body) }
        finish()
    }

    private var isShort: Bool {
        switch framing {
        case .none: true
        case .length(let length): length <= Self.discarded
        case .chunked: false
        }
    }

    /// Writes the head; `headers` hold the framing.
    func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        answerStarted = true
        self.status = Int(status.code)
        lastProgress = .now()
        var headers = headers
        for (name, value) in fields where name == "Vary" || !headers.contains(name: name) { headers.add(name: name, value: value) }
        if !keepsAlive {
            headers.add(name: "Connection", value: "close")
        } else if head.version == .http1_0 {
            headers.add(name: "Connection", value: "keep-alive")
        }
        client.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
    }

    /// The head of a service's answer, framed for this client.
    func pass(_ answer: HTTPResponseHead) {
        var headers = HeaderRules.toClient(answer.headers)
        if caller != nil, !headers.contains(name: "cache-control") { headers.add(name: "Cache-Control", value: "no-store") }
        if let length = answer.headers.first(name: "content-length"), answer.status.mayHaveResponseBody {
            headers.add(name: "Content-Length", value: length)
        } else if answer.status.mayHaveResponseBody, head.method != .HEAD {
            if head.version == .http1_1 { headers.add(name: "Transfer-Encoding", value: "chunked") } else { keepsAlive = false }
        }
        begin(answer.status, headers)
    }

    func write(_ bytes: ByteBuffer) {
        guard head.method != .HEAD else { return }
        sent += bytes.readableBytes
        lastProgress = .now()
        client.write(.body(.byteBuffer(bytes)))
    }

    func writeContinue() {
        guard awaitsContinue else { return }
        awaitsContinue = false
        // Who has begun to send the body needs no encouragement.
        guard received == 0 else { return }
        client.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        client.flush()
        progressed()
        client.rearm()
    }

    func finish() {
        client.write(.end(nil))
        answerComplete = true
        lastProgress = .now()
        report(as: status)
        if !keepsAlive { return client.closeAfterFlush(lingering: !requestComplete) }
        client.flush()
        if requestComplete {
            client.next()
        } else {
            client.resumeReading()
            client.rearm()
        }
    }

    /// The answer has begun and cannot be completed: only a broken connection says so.
    func fail() {
        abandonUpstream(asFailure: true)
        forwarding.isOver = true
        answerComplete = true
        report(as: status, cut: true)
        client.abort()
    }

    private func report(as status: Int, cut: Bool = false) {
        let time = NIODeadline.now() - started
        loop.metrics.count(operation: operation?.name ?? "none", status: status, time: time)
        edge.accessLog.write(self, status: status, time: time, cut: cut)
    }
}
