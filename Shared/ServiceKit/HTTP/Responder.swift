import ContractKit
import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Postgres

/// From an HTTP request to an HTTP response: ids, the endpoint, the deadline, refusals, the access line and the metrics.
struct Responder: Sendable {
    let surroundings: Surroundings
    let routes: RouteTable
    let deadlines: Deadlines
    let limits: ServerLimits
    let health: Health
    let metrics: PrometheusRegistry

    func respond(to request: Request, on channel: any Channel) async throws -> Response {
        var response = try await answer(request, on: channel)
        response.headers[.date] = HTTPDate.current.text(of: surroundings.now())
        return response
    }

    private func answer(_ request: Request, on channel: any Channel) async throws -> Response {
        let started = ContinuousClock.now
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first ?? "/"
        let requestID = Self.requestID(request.headers[.requestID], now: surroundings.now())
        let trace = Trace(continuing: request.headers[.traceparent])

        return try await TraceContext.$traceparent.withValue(trace.traceparent) {
            try await RequestID.$current.withValue(requestID) {
                let match = routes.match(request.method.rawValue, path)
                let state = state(of: request, match, started)
                var answer: Answer
                switch match {
                case .found(let entry, let parameters):
                    let exchange = Exchange(
                        serviceName: surroundings.serviceName, target: target, query: parts.count > 1 ? parts[1] : "",
                        pathParameters: parameters, headers: request.headers, body: request.body, requestID: requestID,
                        address: request.headers[.forwardedFor] ?? channel.remoteAddress?.ipAddress ?? "", state: state)
                    answer = try await run(entry, exchange)
                case .wrongMethod(let allowed):
                    answer = Answer(Problem(.methodNotAllowed))
                    answer.headers[.allow] = allowed.joined(separator: ", ")
                case .nothing:
                    // Probes would drown the access log.
                    if let inner = await builtIn(request.method, path) { return inner }
                    answer = Answer(Problem.notFound)
                }
                answer.headers[.requestID] = requestID
                if answer.headers[.connection] == "close" { Self.linger(channel) }
                report(answer.status, request, match, state, ContinuousClock.now - started)
                return request.method == .head ? answer.response.createHeadResponse() : answer.response
            }
        }
    }

    /// The endpoint in a task of its own, which the deadline and the client's leaving cancel.
    private func run(_ entry: RouteTable.Entry, _ exchange: Exchange) async throws -> Answer {
        // Starts here and now, and goes on where its statements' answers arrive.
        let work = Task.immediate(executorPreference: Database.executor) { try await entry.endpoint.answer(exchange, surroundings) }
        exchange.state.whenExpired { work.cancel() }
        deadlines.insert(exchange.state)
        defer { deadlines.remove(exchange.state) }
        do {
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch {
            if let answer = Self.answerToExpiry(exchange.state.expired, error) { return answer }
            // The client is gone; nobody reads what we say.
            if Task.isCancelled { return Answer(status: 499, body: Data()) }
            if error is HTTPParserError { throw error }
            let refusal = Refusal(error, requestID: exchange.requestID)
            if let level = refusal.logLevel {
                surroundings.logger.log(level: level, "request failed", metadata: ["route": "\(entry.route)", "error": "\(error)"])
            }
            var answer = Answer(refusal.problem)
            if answer.status == 401, entry.endpoint.operation.takesForm, BasicCredentials(exchange.headers) != nil {
                answer.headers[.wwwAuthenticate] = BasicCredentials.challenge
            }
            return answer
        }
    }

    /// A commit with an unknown outcome stays one; all else that fails after its time was up failed for that reason.
    private static func answerToExpiry(_ phase: RequestState.Phase?, _ error: any Error) -> Answer? {
        guard let phase, !Refusal(error, requestID: "").problem.isA(.outcomeUnknown), !(error is Problem) else { return nil }
        return switch phase {
        case .reading: Answer(Problem(.requestTimeout))
        case .working: Answer(Problem(.unavailable, detail: "It took too long", retryAfter: 1))
        }
    }

    /// Closes after the client had time to read the answer; at once, its unread body would turn into a reset.
    private static func linger(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }

    private func state(of request: Request, _ match: RouteTable.Match, _ started: ContinuousClock.Instant) -> RequestState {
        var carriesFile = false
        if case .found(let entry, _) = match { carriesFile = entry.endpoint.carriesFile }
        // A file may come by a slow line.
        let (bodyTime, most) = carriesFile ? (limits.fileTime, limits.fileTime) : (limits.bodyTime, limits.workingTime)
        let asked = request.headers[.requestTimeout].flatMap { Int($0) }.flatMap { $0 > 0 ? Duration.milliseconds($0) : nil }
        return RequestState(readingUntil: started + bodyTime, workingUntil: started + min(most, asked ?? most))
    }

    /// The edge's id, so that both logs tell one story; a fresh one for whatever else is sent.
    private static func requestID(_ field: String?, now: Date) -> String {
        if let field, (1...64).contains(field.utf8.count), field.utf8.allSatisfy(\.isIDCharacter) { return field }
        return UUID.v7(now: now).lowercaseText
    }

    private func builtIn(_ method: HTTPRequest.Method, _ path: Substring) async -> Response? {
        guard method == .get || method == .head else { return nil }
        switch path {
        case "/livez": return health.alive
        case "/readyz": return await health.ready()
        case "/metrics":
            let text = metrics.render()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        default: return nil
        }
    }

    private func report(_ status: Int, _ request: Request, _ match: RouteTable.Match, _ state: RequestState, _ time: Duration) {
        var route = "none"
        if case .found(let entry, _) = match {
            route = entry.route.path
            entry.metrics.record(status: status, time)
        }
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "route": "\(route)", "status": "\(status)",
            "ms": "\((Double(time.components.seconds) * 1000 + Double(time.components.attoseconds) / 1e15).rounded(toPlaces: 3))",
        ]
        if let organizationID = state.organizationID { metadata["organization_id"] = "\(organizationID)" }
        surroundings.logger.info("request", metadata: metadata)
    }
}

extension UInt8 {
    fileprivate var isIDCharacter: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self) || self == 45 || self == 95
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        let factor = (0..<places).reduce(1.0) { product, _ in product * 10 }
        return (self * factor).rounded() / factor
    }
}
