import NIOCore
import NIOHTTP1

/// Which header fields pass the edge, and which it sets itself.
enum HeaderRules {
    /// They speak of one connection, not of the message.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "http2-settings", "content-length", "expect",
    ]
    /// Services believe these because only the edge sets them.
    private static let ownToServices: Set<String> = [
        "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix", "x-real-ip",
        "x-client-ip", "true-client-ip", "x-person-id", "x-organization-id", "x-http-method-override", "x-original-url", "x-rewrite-url",
        "request-id", "x-request-id", "request-timeout-ms", "traceparent",
    ]
    private static let ownToClients: Set<String> = [
        "server", "request-id", "ratelimit", "ratelimit-policy", "x-powered-by", "access-control-allow-origin",
    ]

    static func toService(
        _ head: HTTPRequestHead, framing: BodyFraming, address: String, requestID: String, trace: TraceContext, timeout: TimeAmount
    ) -> HTTPRequestHead {
        var headers = kept(head.headers, without: ownToServices)
        headers.add(name: "X-Forwarded-For", value: address)
        headers.add(name: "Request-Id", value: requestID)
        headers.add(name: "traceparent", value: trace.text)
        headers.add(name: "Request-Timeout-Ms", value: String(max(1, timeout.nanoseconds / 1_000_000)))
        switch framing {
        // Said even when it is nothing, so that no reader waits for a body.
        case .none: if head.method != .GET && head.method != .HEAD { headers.add(name: "Content-Length", value: "0") }
        case .length(let length): headers.add(name: "Content-Length", value: String(length))
        case .chunked: headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        return HTTPRequestHead(version: .http1_1, method: head.method == .HEAD ? .GET : head.method, uri: head.uri, headers: headers)
    }

    /// The answer's own fields; framing is added by who writes it.
    static func toClient(_ headers: HTTPHeaders) -> HTTPHeaders { kept(headers, without: ownToClients) }

    private static func kept(_ headers: HTTPHeaders, without own: Set<String>) -> HTTPHeaders {
        let named = Set(headers[canonicalForm: "connection"].map { $0.lowercased() })
        var kept = HTTPHeaders()
        kept.reserveCapacity(headers.count + 8)
        for (name, value) in headers {
            let lower = name.lowercased()
            if hopByHop.contains(lower) || own.contains(lower) || named.contains(lower) { continue }
            kept.add(name: name, value: value)
        }
        return kept
    }

    /// A client may name its request, in letters that can neither break nor forge a log line.
    static func requestID(_ headers: HTTPHeaders) -> String {
        if let given = headers.first(name: "request-id"), (1...64).contains(given.utf8.count), given.utf8.allSatisfy(isPlain) {
            return given
        }
        return Hex.random(words: 2)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}

/// W3C trace context: the trace goes on, each hop is a span of its own.
struct TraceContext {
    let text: String
    let traceID: Substring

    init(_ headers: HTTPHeaders) {
        let given = headers["traceparent"]
        if given.count == 1, let trace = Self.trace(given[0]) {
            text = "00-\(trace)-\(Hex.random(words: 1))-\(given[0].suffix(2))"
        } else {
            text = "00-\(Hex.random(words: 2))-\(Hex.random(words: 1))-01"
        }
        traceID = text.dropFirst(3).prefix(32)
    }

    private static func trace(_ text: String) -> Substring? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts.map(\.utf8.count) == [2, 32, 16, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(Hex.isDigit) }), !parts[1].allSatisfy({ $0 == "0" }), !parts[2].allSatisfy({ $0 == "0" })
        else { return nil }
        return parts[1]
    }
}

enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// 16 digits a word.
    static func random(words: Int) -> String {
        String(unsafeUninitializedCapacity: words * 16) { buffer in
            for word in 0..<words {
                var value = UInt64.random(in: 1...UInt64.max)
                for digit in 0..<16 {
                    buffer[word * 16 + digit] = digits[Int(value & 15)]
                    value >>= 4
                }
            }
            return words * 16
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { digits.contains(byte) }
}
