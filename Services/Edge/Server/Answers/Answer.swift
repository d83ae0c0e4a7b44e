import ContractKit
import NIOCore
import NIOHTTP1

/// An answer that the edge gives by itself.
struct Answer: Sendable {
    var status: HTTPResponseStatus
    var headers: [(String, String)]
    var body: ByteBuffer

    init(_ status: HTTPResponseStatus, type: String? = nil, body: ByteBuffer = ByteBuffer(), headers: [(String, String)] = []) {
        self.status = status
        self.headers = headers
        if let type { self.headers.append(("Content-Type", type)) }
        self.body = body
    }

    init(_ refusal: Refusal) {
        let body = (try? JSON.encode(refusal.problem)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        self.init(
            HTTPResponseStatus(statusCode: refusal.problem.status), type: "application/problem+json", body: body,
            headers: refusal.headers + [("Cache-Control", "no-store")])
        if let seconds = refusal.problem.retryAfter { headers.append(("Retry-After", String(seconds))) }
    }
}
