import Dispatch
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// One line a request. The path without its query: queries hold search words, and now and then a token put there by mistake.
///
/// Written on a queue of its own: whoever collects the log may be slow, and an event loop must not wait for that. When too
/// much waits, lines are dropped and counted rather than memory filled.
final class AccessLog: Sendable {
    private static let mostWaiting = 10_000
    private let log: Logger
    private let queue = DispatchQueue(label: "palestra.edge.access-log")
    private let state = NIOLockedValueBox<(waiting: Int, dropped: Int)>((0, 0))

    init(_ log: Logger) { self.log = log }

    func write(_ exchange: Exchange, status: Int, time: TimeAmount, cut: Bool) {
        guard log.logLevel <= .info, hasRoom() else { return }
        var metadata: Logger.Metadata = [
            "method": "\(exchange.head.method.rawValue)",
            "path": "\(exchange.head.uri.prefix { $0 != "?" }.prefix(512))",
            "status": "\(status)",
            "ms": "\(Double(time.nanoseconds / 10_000) / 100)",
            "request_bytes": "\(exchange.received)",
            "answer_bytes": "\(exchange.sent)",
            "address": "\(exchange.client.address)",
            "request_id": "\(exchange.requestID)",
            "trace_id": "\(exchange.trace.traceID)",
        ]
        if let operation = exchange.operation {
            metadata["operation"] = "\(operation.name)"
            metadata["service"] = "\(operation.service)"
        }
        if let caller = exchange.caller { metadata["person_id"] = "\(caller.personID)" }
        if cut { metadata["cut"] = "true" }
        queue.async { [self, metadata] in
            log.info("request", metadata: metadata)
            let dropped = state.withLockedValue { state in
                state.waiting -= 1
                defer { if state.waiting == 0 { state.dropped = 0 } }
                return state.waiting == 0 ? state.dropped : 0
            }
            if dropped > 0 { log.warning("request lines were dropped", metadata: ["dropped": "\(dropped)"]) }
        }
    }

    private func hasRoom() -> Bool {
        state.withLockedValue { state in
            guard state.waiting < Self.mostWaiting else {
                state.dropped += 1
                return false
            }
            state.waiting += 1
            return true
        }
    }
}
