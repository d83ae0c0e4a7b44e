import Client
import ContractKit
import Foundation
import Synchronization

/// Carries the attempts of one call, and writes down each as it leaves and as its answer comes.
final class Wire: Transport {
    /// What a call is about, for whoever reads the history.
    struct Label: Sendable {
        var call: Int
        var step: String
        var tenant: Int
        /// The mark of the one organization whose data the caller may see.
        var canary: String
        /// Whether the call is made once more on purpose, after it was answered.
        var isTwin = false
    }

    private let label: Label
    private let inner: AsyncHTTPTransport
    private let history: History
    private let control: Control
    private let attempts = Mutex(0)

    init(_ label: Label, over inner: AsyncHTTPTransport, _ history: History, _ control: Control) {
        (self.label, self.inner, self.history, self.control) = (label, inner, history, control)
    }

    func send(_ request: TransportRequest) async throws -> TransportAnswer {
        let attempt = attempts.withLock { attempts in
            attempts += 1
            return attempts
        }
        let head = [Member("call", label.call), Member("attempt", attempt), Member("step", label.step), Member("tenant", label.tenant)]
        let isWrite = request.method.writes
        var more = [Member("method", request.method.rawValue), Member("url", request.url)]
        if let key = request.headers["Idempotency-Key"] { more.append(Member("key", key)) }
        if let body = request.body { more.append(Member("body", bytes: body)) }
        if label.isTwin { more.append(Member("twin", 1)) }
        history.add("invoke", head + more)
        do {
            let answer = try await inner.send(request)
            search(answer.body, head)
            let problem = try? JSON.decode(Problem.self, from: answer.body)
            let kind = 200..<300 ~= answer.status ? "ok" : isSettled(answer.status, problem) ? "fail" : "info"
            let keepsBody = isWrite || kind != "ok"
            history.add(
                kind,
                head + [
                    Member("status", answer.status), Member("bytes", answer.body.count),
                    keepsBody ? Member("answer", bytes: answer.body) : Member("answer", bytes: Data()),
                ])
            return answer
        } catch {
            history.add("info", head + [Member("error", "\(error)")])
            throw error
        }
    }

    /// Whether an answer that is no success says for certain that nothing happened: a repetition could change nothing.
    func isSettled(_ status: Int, _ problem: Problem?) -> Bool {
        guard 400..<500 ~= status, status != 429, status != 408 else { return false }
        guard let problem else { return true }
        // Who signs out is refused for good once it has worked.
        let isDoubted = problem.isA(.unauthenticated) && control.now.doubtsTokens && label.step != "sign-out"
        return !problem.isA(.idempotencyInProgress) && !isDoubted
    }

    /// Every name in an organization carries its mark: another's mark in an answer is another's data.
    private func search(_ body: Data, _ head: [Member]) {
        var rest = body[...]
        while let found = rest.range(of: Canary.prefix) {
            rest = rest[found.upperBound...]
            let mark = String(decoding: rest.prefix(Canary.length), as: UTF8.self)
            if mark != label.canary { history.add("leak", head + [Member("mark", mark), Member("own", label.canary)]) }
        }
    }
}

/// A mark of 96 random bits in an organization's names.
enum Canary {
    static let prefix = Data("cnry".utf8)
    static let length = 24

    static func random() -> String {
        (0..<length).map { _ in String(UInt8.random(in: 0..<16), radix: 16) }.joined()
    }
}
