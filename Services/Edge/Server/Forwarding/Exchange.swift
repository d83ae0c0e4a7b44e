import ContractKit
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// One request and its answer, from the client's side: admitted or refused here, passed on in `Exchange+Upstream`.
final class Exchange {
    let client: ClientConnection
    let head: HTTPRequestHead
    let headFields: RequestFields
    let requestID: String
    let trace: TraceContext
    let started = NIODeadline.now()
    private(set) var operation: RoutedOperation?
    private(set) var caller: AccessToken?
    private(set) var framing = BodyFraming.none
    private var verdict: RateLimiter.Verdict?
    private var cors: [(String, String)] = []
    private(set) var received = 0
    private(set) var requestComplete = false
    private(set) var awaitsContinue = false
    private(set) var answerStarted = false
    private(set) var answerComplete = false
    private var keepsAlive: Bool
    private(set) var status = 0
    private(set) var sent = 0
    private var isChunked = false
    private(set) var lastProgress: NIODeadline
    var forwarding = Forwarding()

    init(_ head: HTTPRequestHead, of client: ClientConnection) {
        self.head = head
        self.client = client
        lastProgress = started
        let loop = client.loop
        headFields = RequestFields(head.headers)
        requestID = RequestID.text(headFields.requestID, &loop.random)
        trace = TraceContext(headFields.repeated.contains(.traceparent) ? nil : headFields.traceparent, &loop.random)
        // The decoder stops at a request that asks for another protocol.
        keepsAlive = head.isKeepAlive && !loop.isDraining && head.method != .CONNECT && !headFields.seen.contains(.upgrade)
    }

    var loop: EdgeLoop { client.loop }
    var edge: Edge { client.loop.edge }
    var times: EdgeConfiguration.Times { edge.configuration.times }

    // What the client sends.

    func start() {
        do throws(Refusal) {
            framing = try RequestHygiene.framing(head.version, headFields)
            let target = try RequestTarget(head.uri)
            cors = CORS.fields(for: head.headers, allowed: edge.configuration.corsOrigins)
            try admit(target)
        } catch {
            refuse(error)
        }
    }

    func body(_ bytes: ByteBuffer) {
        received += bytes.readableBytes
        lastProgress = .now()
        // What comes after the answer is dropped: `canBeDropped`.
        if answerComplete { return }
        if received > operation?.bodyLimit ?? 0 {
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

    /// From the head to the answer's head.
    var patience: TimeAmount { operation?.carriesFile == true ? times.file : times.request }

    var deadline: NIODeadline {
        // The rest of a body that nobody needs may not trickle in for ever either.
        if answerComplete { return min(lastProgress, started + patience) + times.bodyStall }
        if answerStarted { return lastProgress + times.answerStall }
        let due = started + patience
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
        switch edge.routes.match(method, target.segments) {
        case .operation(let operation):
            self.operation = operation
            try identify(operation)
            if case .length(let length) = framing, length > operation.bodyLimit { throw Refusal(.contentTooLarge) }
            awaitsContinue = try RequestHygiene.expectsContinue(head.headers) && framing != .none && head.version == .http1_1
            forward()
        case .otherMethods(let methods):
            if head.method == .OPTIONS { return answer(CORS.options(methods, cors)) }
            try limitAddress()
            throw Refusal(.methodNotAllowed, headers: [("Allow", methods.joined(separator: ", "))], closes: head.method == .CONNECT)
        case .nothing:
            if try ownAnswer(target, method) { return }
            try limitAddress()
            throw Refusal(.notFound)
        }
    }

    private func ownAnswer(_ target: RequestTarget, _ method: String) throws(Refusal) -> Bool {
        let isHealth = target.path == "/livez" || target.path == "/readyz"
        let path = String(target.path)
        let isPage = edge.pages.holds(path)
        guard isHealth || isPage else { return false }
        if !isHealth { try limitAddress() }
        guard method == "GET" || method == "HEAD" else { throw Refusal(.methodNotAllowed, headers: [("Allow", "GET, HEAD")]) }
        if isPage {
            let tags = head.headers[canonicalForm: "if-none-match"]
            edge.pages.page(path, on: loop.eventLoop).assumeIsolated().whenComplete { [weak self] result in
                guard let self, !self.answerStarted, !self.forwarding.isOver else { return }
                if case .success(let page?) = result { return self.answer(page.answer(ifNoneMatch: tags)) }
                if case .failure(let error) = result {
                    self.edge.log.error("own pages cannot be made", metadata: ["error": "\(error)"])
                }
                self.refuse(Refusal(.internalError))
            }
        } else if target.path == "/livez" {
            answer(
                Answer(
                    .ok, type: "application/json", body: ByteBuffer(string: #"{"status":"alive"}"#),
                    headers: [("Cache-Control", "no-store")]))
        } else if loop.isLeaving {
            answer(
                Answer(
                    .serviceUnavailable, type: "application/json", body: ByteBuffer(string: #"{"status":"leaving"}"#),
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
            guard let text = try Self.bearer(headFields.authorization) else { throw .missing }
            let token = try loop.tokens.token(text, keys: edge.keys, ended: edge.ended, now: Date())
            if token.organizationID == nil, !operation.isPlatform { throw .invalid }
            caller = token
        } catch {
            try limitAddress()
            throw error.refusal
        }
        guard let caller else { return }
        try count(LimitKey(caller.personID), edge.configuration.rateLimit)
        guard let organization = caller.organizationID else { return }
        if operation.isPlatform { throw Refusal(.forbidden) }
        if let kind = edge.standings.refusal(of: caller.personID, in: organization, now: Date()) { throw Refusal(kind) }
        guard caller.scopes?.isDisjoint(with: operation.scopes) != true else {
            throw Refusal(.insufficientScope, headers: [("WWW-Authenticate", #"Bearer error="insufficient_scope""#)])
        }
    }

    /// The token of `Authorization: Bearer`; nil when there is no such field.
    private static func bearer(_ field: String?) throws(TokenRefusal) -> Substring? {
        guard let field else { return nil }
        let space = field.utf8.firstIndex(of: UInt8(ascii: " ")) ?? field.endIndex
        guard field[..<space].lowercased() == "bearer" else { return nil }
        guard space != field.endIndex, field.utf8.index(after: space) != field.endIndex else { throw .invalid }
        return field[field.utf8.index(after: space)...]
    }

    private func limitAddress() throws(Refusal) {
        try count(LimitKey(client.remote), edge.configuration.anonymousRateLimit)
    }

    private func count(_ key: LimitKey, _ quota: Int) throws(Refusal) {
        let verdict = edge.limiter.take(key, quota: quota, now: started)
        self.verdict = verdict
        guard verdict.isAllowed else { throw Refusal(.rateLimited, retryAfter: verdict.seconds) }
    }

    // The answer.

    func refuse(_ refusal: Refusal) {
        if refusal.closes { keepsAlive = false }
        answer(Answer(refusal))
    }

    func answer(_ answer: Answer) {
        begin(answer.status, length: answer.body.readableBytes) { buffer in
            for (name, value) in answer.headers { buffer.addField(name, value) }
            return answer.headers.reduce(into: []) { $0.formUnion(FieldTraits(of: $1.0.utf8)) }
        }
        if answer.body.readableBytes > 0 { write(answer.body) }
        finish()
    }

    /// Whether what is left of the body is read and dropped after the answer, to keep the connection: what would have been taken, and a
    /// little where nothing would. Many clients lose the answer, or their next request, when the connection ends while they are sending.
    private var canBeDropped: Bool {
        switch framing {
        case .none: true
        case .length(let length): length <= max(operation?.bodyLimit ?? 0, 1 << 16)
        case .chunked: false
        }
    }

    /// Writes the head of an answer: its own fields, those that every answer of the edge has, and its framing for this client.
    ///
    /// - Parameters:
    ///   - length: of the body, if it is known.
    ///   - write: appends the answer's own fields and returns what was among them.
    func begin(_ status: HTTPResponseStatus, length: Int?, _ write: (inout [UInt8]) -> FieldTraits) {
        answerStarted = true
        if loop.isLeaving { keepsAlive = false }
        // What is left of the body must be read before the next request; not if it is long, or may never come.
        if !requestComplete, awaitsContinue || !canBeDropped { keepsAlive = false }
        self.status = Int(status.code)
        lastProgress = .now()
        client.write { buffer in
            buffer.addStatusLine(status)
            let given = write(&buffer)
            buffer.addField("Request-Id", requestID)
            if !given.contains(.contentTypeOptions) { buffer.add("X-Content-Type-Options: nosniff\r\n") }
            if edge.tls != nil, !given.contains(.transportSecurity) {
                buffer.add("Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n")
            }
            if caller != nil, !given.contains(.cacheControl) { buffer.add("Cache-Control: no-store\r\n") }
            verdict?.write(to: &buffer)
            for (name, value) in cors where !given.contains(.exposeHeaders) || name != "Access-Control-Expose-Headers" {
                buffer.addField(name, value)
            }
            if status.mayHaveResponseBody {
                if let length {
                    buffer.addField("Content-Length", String(length))
                } else if head.version == .http1_0 {
                    keepsAlive = keepsAlive && head.method == .HEAD
                } else if head.method != .HEAD {
                    isChunked = true
                    buffer.add("Transfer-Encoding: chunked\r\n")
                }
            }
            if !keepsAlive {
                buffer.add("Connection: close\r\n")
            } else if head.version == .http1_0 {
                buffer.add("Connection: keep-alive\r\n")
            }
            buffer.add("\r\n")
        }
    }

    func write(_ bytes: ByteBuffer) {
        guard head.method != .HEAD else { return }
        sent += bytes.readableBytes
        client.write(bytes, isChunk: isChunked)
    }

    func writeContinue() {
        guard awaitsContinue else { return }
        awaitsContinue = false
        // Who has begun to send the body needs no encouragement.
        guard received == 0 else { return }
        client.write { $0.add("HTTP/1.1 100 Continue\r\n\r\n") }
        client.flush()
        progressed()
        client.rearm()
    }

    func finish() {
        if isChunked { client.write { $0.add("0\r\n\r\n") } }
        answerComplete = true
        let now = NIODeadline.now()
        lastProgress = now
        report(as: status, now: now)
        if !keepsAlive { return client.closeAfterFlush(lingering: !requestComplete) }
        client.flush()
        if requestComplete {
            client.next(now: now)
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

    private func report(as status: Int, cut: Bool = false, now: NIODeadline = .now()) {
        let time = now - started
        loop.metrics.count(operation, status: status, time: time)
        loop.accessLog.write(self, status: status, time: time, cut: cut)
    }
}
