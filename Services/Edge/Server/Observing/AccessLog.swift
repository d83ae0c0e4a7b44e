import Logging
import NIOCore
import NIOHTTP1

/// One line a request. The path without its query: queries hold search words, and now and then a token put there by mistake.
enum AccessLog {
    static func write(_ exchange: Exchange, status: Int, time: TimeAmount, cut: Bool, to log: Logger) {
        guard log.logLevel <= .info else { return }
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
        log.info("request", metadata: metadata)
    }
}
