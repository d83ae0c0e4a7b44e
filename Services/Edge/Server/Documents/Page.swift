import ContractKit
import Crypto
import Foundation
import NIOCore
import NIOHTTP1

/// A document that is the same for everybody, rendered once.
struct Page: Sendable {
    private let type: String
    private let body: ByteBuffer
    private let tag: String
    private let security: [(String, String)]

    init(type: String, _ body: Data, security: [(String, String)]) {
        self.type = type
        self.body = ByteBuffer(bytes: body)
        self.security = security
        tag = "\"\(SHA256.hash(data: body).prefix(12).map { String(format: "%02x", $0) }.joined())\""
    }

    init(json value: JSONValue) throws {
        self.init(
            type: "application/json", try JSON.encodeSorted(value),
            security: [("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")])
    }

    init(html: String) {
        self.init(
            type: "text/html; charset=utf-8", Data(html.utf8),
            security: [
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src '\(HTML.styleHash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
                ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
            ])
    }

    func answer(ifNoneMatch tags: [Substring]) -> Answer {
        let headers = security + [("ETag", tag), ("Cache-Control", "public, max-age=60")]
        if tags.contains(where: { $0 == "*" || $0 == tag || $0 == "W/" + tag }) { return Answer(.notModified, headers: headers) }
        return Answer(.ok, type: type, body: body, headers: headers)
    }
}
