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

/// Everything that the edge shows by itself, by path.
struct Pages: Sendable {
    private var pages: [String: Page] = [:]

    /// - Throws: `SchemaRecorder.NameTaken` when two types of the contracts share a name.
    init(_ services: [any ServiceContract.Type]) throws {
        let api = try OpenAPI.document(services)
        let events = try AsyncAPI.document(services)
        pages["/openapi.json"] = try Page(json: api)
        pages["/asyncapi.json"] = try Page(json: events)
        pages["/docs"] = Page(html: DocsPage(services, api: api, events: events).html)
        pages["/docs/permissions"] = Page(html: PermissionsPage(services).html)
        pages["/"] = Page(html: HomePage.html(services))
        let problems = ProblemPages(services)
        pages["/problems"] = Page(html: problems.index)
        for kind in problems.kinds { pages[kind.type] = Page(html: problems.page(kind)) }
    }

    subscript(path: String) -> Page? { pages[path] }
    var paths: [String] { pages.keys.sorted() }
}
