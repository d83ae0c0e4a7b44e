public import ContractKit
public import Foundation

/// The API of a Palestra installation, for apps: every declared operation, one method.
///
/// ```swift
/// let palestra = PalestraClient(baseURL: url, tokens: TokenStore(tokens) { try await signInAgain($0) })
/// let booking = try await palestra.call(BookSession(sessionID: id), body: .init(memberID: nil))
/// ```
///
/// A call that changes something carries an `Idempotency-Key`, the same one on every repeat: what a lost answer leaves open
/// is settled by asking again, and nothing happens twice.
public struct PalestraClient: Sendable {
    /// How often and how patiently a call is repeated that the server could not take.
    public struct Patience: Sendable {
        /// Including the first; at least 1.
        public var attempts = 4
        /// The longest wait between two attempts, whatever `Retry-After` says.
        public var longestWait: Duration = .seconds(10)
        /// How long one attempt may take.
        public var timeout: Duration = .seconds(35)
        /// Waits; tests put in something faster.
        public var wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        public init() {}
    }

    private let baseURL: String
    private let transport: any Transport
    private let tokens: TokenStore?
    private let patience: Patience

    /// - Parameters:
    ///   - baseURL: where the edge is, without `/v1`.
    ///   - tokens: nil for calls that need no token.
    public init(
        baseURL: URL, transport: any Transport = AsyncHTTPTransport(), tokens: TokenStore? = nil, patience: Patience = Patience()
    ) {
        self.baseURL = String(baseURL.absoluteString.trimmingSuffix { $0 == "/" })
        self.transport = transport
        self.tokens = tokens
        self.patience = patience
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - idempotencyKey: for callers that repeat a call themselves, across a restart of the app for instance; made up otherwise.
    ///   - ifMatch: the version that the thing must still have.
    /// - Throws: ``Problem`` as the server says it, ``UnexpectedAnswer``, the transport's errors.
    @discardableResult public func call<O: APIOperation>(
        _ operation: O, body: O.Body, idempotencyKey: String? = nil, ifMatch: Int64? = nil
    ) async throws -> O.Output {
        var request = TransportRequest(method: O.route.method, url: baseURL + (try operation.target()), timeout: patience.timeout)
        request.headers["Accept"] = O.givesFile ? "*/*" : "application/json"
        if let (type, bytes) = try O.encoded(body) {
            request.headers["Content-Type"] = type
            request.body = bytes
        }
        if O.route.method.writes { request.headers["Idempotency-Key"] = idempotencyKey ?? UUID().uuidString.lowercased() }
        if let ifMatch { request.headers["If-Match"] = "\"v\(ifMatch)\"" }
        let answer = try await authorized(request, access: O.access)
        do {
            return try O.output(type: answer.headers["content-type"], bytes: answer.body)
        } catch {
            throw UnexpectedAnswer(status: answer.status, reason: "\(error)")
        }
    }

    /// The same for operations without a body.
    @discardableResult public func call<O: APIOperation>(
        _ operation: O, idempotencyKey: String? = nil, ifMatch: Int64? = nil
    ) async throws -> O.Output where O.Body == NoBody {
        try await call(operation, body: NoBody(), idempotencyKey: idempotencyKey, ifMatch: ifMatch)
    }

    private func authorized(_ request: TransportRequest, access: Access) async throws -> TransportAnswer {
        guard let tokens, access != .everyone else { return try await repeated(request) }
        var request = request
        let token = try await tokens.current()
        request.headers["Authorization"] = token.map { "Bearer \($0)" }
        do {
            return try await repeated(request)
        } catch let problem as Problem where problem.isA(.unauthenticated) {
            // It may have been ended or have run out on the way; once more with a fresh one.
            guard let token, let fresh = try await tokens.replacement(for: token) else { throw problem }
            request.headers["Authorization"] = "Bearer \(fresh)"
            return try await repeated(request)
        }
    }

    private func repeated(_ request: TransportRequest) async throws -> TransportAnswer {
        for attempt in 1..<max(1, patience.attempts) {
            var wait = Duration.milliseconds(100 << min(attempt, 6)) * Double.random(in: 0.5...1)
            do {
                return try await once(request)
            } catch let problem as Problem {
                guard problem.status == 503 || problem.isA(.idempotencyInProgress) || problem.isA(.rateLimited) else { throw problem }
                if let seconds = problem.retryAfter { wait = .seconds(seconds) }
            } catch let error as TransportError where error.isPassing {}
            try await patience.wait(min(wait, patience.longestWait))
        }
        return try await once(request)
    }

    private func once(_ request: TransportRequest) async throws -> TransportAnswer {
        let answer = try await transport.send(request)
        if (200..<300).contains(answer.status) { return answer }
        guard var problem = try? JSON.decode(Problem.self, from: answer.body) else {
            throw UnexpectedAnswer(status: answer.status, reason: "no problem document")
        }
        if problem.retryAfter == nil { problem.retryAfter = answer.headers["retry-after"].flatMap { Int($0) } }
        throw problem
    }
}

/// Something answered that does not speak this API: a proxy, or a server of another version.
public struct UnexpectedAnswer: Error, Sendable, CustomStringConvertible {
    public let status: Int
    public let reason: String
    public var description: String { "unexpected answer \(status): \(reason)" }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> SubSequence {
        var text = self[...]
        while let last = text.last, condition(last) { text.removeLast() }
        return text
    }
}
