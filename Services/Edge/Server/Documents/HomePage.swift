import ContractKit

/// `/`: says what this is to whoever opens the address in a browser.
enum HomePage {
    static func html(_ services: [any ServiceContract.Type]) -> String {
        let rows = services.map { "<tr><td><a href=\"/docs#\($0.name)\">\($0.name)</a></td><td>\(HTML.escape($0.summary))</td></tr>" }
        return HTML.page(
            title: "Palestra",
            """
            <div class="narrow"><h1>Palestra</h1>
            <p class="soft">The open backend for gyms, studios and personal trainers. It is running.</p>
            <article><div class="scroll"><table>\(rows.joined())</table></div></article>
            <p><a href="/docs">Read the API</a> · <a href="/docs/permissions">Who may do what</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/asyncapi.json">AsyncAPI</a> · <a href="/readyz">Readiness</a></p></div>
            """)
    }
}
