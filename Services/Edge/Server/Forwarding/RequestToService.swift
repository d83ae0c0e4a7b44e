// NIO's encoders take a head as a value, which would be built field by field to be written at once. Here what passes is written
// as it is looked at.

import NIOCore
import NIOHTTP1

extension RequestFields {
    /// The head of a request as the service gets it.
    ///
    /// - Parameter isSigned: Whether a token says which organization it is for; only where none does, the name that the client came by counts.
    func writeToService(
        _ head: HTTPRequestHead, framing: BodyFraming, address: String, requestID: String, trace: TraceContext,
        timeout: TimeAmount, isSigned: Bool, into buffer: inout [UInt8]
    ) {
        buffer.add(text: head.method == .HEAD ? "GET" : head.method.rawValue)
        buffer.add(" ")
        buffer.add(text: head.uri)
        buffer.add(" HTTP/1.1\r\n")
        var index = 0
        for (name, value) in head.headers {
            let field = traits[index]
            index += 1
            guard field.isDisjoint(with: [.hop, .ownToServices]), named.isEmpty || !named.contains(name.lowercased())
            else { continue }
            buffer.addField(name, value)
        }
        buffer.addField("X-Forwarded-For", address)
        if !isSigned, let host { buffer.addField("X-Forwarded-Host", host) }
        buffer.addField("Request-Id", requestID)
        buffer.addField("traceparent", trace.text)
        buffer.addField("Request-Timeout-Ms", String(max(1, timeout.nanoseconds / 1_000_000)))
        switch framing {
        // Said even when it is nothing, so that no reader waits for a body.
        case .none: if head.method != .GET && head.method != .HEAD { buffer.add("Content-Length: 0\r\n") }
        case .length(let length): buffer.addField("Content-Length", String(length))
        case .chunked: buffer.add("Transfer-Encoding: chunked\r\n")
        }
        buffer.add("\r\n")
    }
}
