import ContractKit

/// `/docs`: every operation, event and type, read off the contracts and the documents derived from them.
struct DocsPage {
    private let services: [any ServiceContract.Type]
    private let api: JSONValue
    private let events: JSONValue

    init(_ services: [any ServiceContract.Type], api: JSONValue, events: JSONValue) {
        (self.services, self.api, self.events) = (services, api, events)
    }

    var html: String {
        HTML.page(
            title: "Palestra API",
            """
            <div class="layout">
            \(navigation)
            <main>
            <h1>Palestra API</h1>
            <p class="soft">The open backend for gyms, studios and personal trainers. Also as
            <a href="/openapi.json">OpenAPI 3.1</a> and, for its events, <a href="/asyncapi.json">AsyncAPI 3</a>.</p>
            \(Self.conventions)
            \(services.map(section).joined(separator: "\n"))
            \(eventSection)
            \(schemaSection)
            </main>
            </div>
            """)
    }

    private var navigation: String {
        let groups = services.map { service in
            let items = service.operations.map { "<li><a href=\"#\($0.name)\">\(HTML.escape($0.summary))</a></li>" }
            return "<details open><summary><a href=\"#\(service.name)\">\(service.name)</a></summary><ul>\(items.joined())</ul></details>"
        }
        return """
            <nav aria-label="Contents"><p><a href="#conventions">Conventions</a></p>\(groups.joined(separator: "\n"))
            <p><a href="#events">Events</a></p><p><a href="#types">Types</a></p><p><a href="/problems">Problems</a></p>
            <p><a href="/docs/permissions">Who may do what</a></p></nav>
            """
    }

    private static let conventions = """
        <h2 id="conventions">Conventions</h2>
        <article><div class="scroll"><table>
        <tr><td>Signing in</td><td><code>Authorization: Bearer &lt;access_token&gt;</code>; a token lives five minutes, the refresh token gets the next</td></tr>
        <tr><td>Allowance</td><td>what each role may do, and on what, is <a href="/docs/permissions">one table</a>; 403 is another role's, 404 another's thing</td></tr>
        <tr><td>Values</td><td>JSON in <code>snake_case</code>; ids are UUIDs; moments RFC 3339 in UTC; money <code>{"amount": 5000, "currency": "CAD"}</code> in minor units</td></tr>
        <tr><td>Errors</td><td><code>application/problem+json</code>; its <code>type</code> leads to a <a href="/problems">page</a>; 422 names each field at fault</td></tr>
        <tr><td>Lists</td><td><code>{"data": [...], "next_cursor": ...}</code>; <code>?limit=</code> 1 to 100, <code>?cursor=</code> for the next page</td></tr>
        <tr><td>Repeating safely</td><td><code>Idempotency-Key</code> on a POST: the same key and body get the stored answer for 24 hours</td></tr>
        <tr><td>Changing safely</td><td><code>ETag</code> says the version; <code>If-Match</code> refuses to overwrite another one, <code>If-None-Match</code> saves a transfer</td></tr>
        <tr><td>Limits</td><td><code>RateLimit-Policy</code>, <code>RateLimit</code>, and with 429 <code>Retry-After</code></td></tr>
        </table></div></article>
        """

    private func section(_ service: any ServiceContract.Type) -> String {
        """
        <section>
        <h2 id="\(service.name)">\(service.name)</h2>
        <p class="soft">\(HTML.escape(service.summary))</p>
        \(service.operations.map { OperationArticle($0, of: service.name, in: api).html }.joined(separator: "\n"))
        </section>
        """
    }

    private var eventSection: String {
        let articles = services.flatMap { $0.events }.map { event in
            let message = events["components"]?["messages"]?[event.type]
            let data = message?["payload"]?["properties"]?["data"] ?? [:]
            return """
                <article id="event-\(event.type)"><h3><code>\(event.type)</code></h3><p>\(HTML.escape(event.summary))</p>
                <details><summary>What it carries</summary>\(SchemaTable.table(resolved(data, in: events)))</details></article>
                """
        }
        return
            "<section><h2 id=\"events\">Events</h2><p class=\"soft\">What services say to each other, as CloudEvents over AMQP.</p>\(articles.joined())</section>"
    }

    private var schemaSection: String {
        var all: [String: JSONValue] = [:]
        for document in [events, api] {
            if case .object(let schemas)? = document["components"]?["schemas"] { all.merge(schemas) { _, last in last } }
        }
        let articles = all.sorted { $0.key < $1.key }.map { name, schema in
            "<article id=\"schema-\(HTML.escape(name))\"><h3>\(HTML.escape(name))</h3>\(SchemaTable.table(schema))</article>"
        }
        return "<section><h2 id=\"types\">Types</h2>\(articles.joined(separator: "\n"))</section>"
    }

    private func resolved(_ schema: JSONValue, in document: JSONValue) -> JSONValue {
        guard case .string(let reference)? = schema["$ref"], let name = reference.split(separator: "/").last else { return schema }
        return document["components"]?["schemas"]?[String(name)] ?? schema
    }
}
