import ContractKit

/// A page for each kind of problem: where a problem's `type` leads.
struct ProblemPages {
    let kinds: [ProblemKind]
    private let raisedBy: [String: [String]]

    init(_ services: [any ServiceContract.Type]) {
        let operations = services.flatMap { $0.operations }
        var bySlug: [String: ProblemKind] = [:]
        var raisedBy: [String: [String]] = [:]
        for kind in ProblemKind.shared + ProblemKind.edge { bySlug[kind.slug] = kind }
        for operation in operations {
            for kind in operation.problems {
                bySlug[kind.slug] = kind
                raisedBy[kind.slug, default: []].append(operation.name)
            }
        }
        kinds = bySlug.values.sorted { ($0.status, $0.slug) < ($1.status, $1.slug) }
        self.raisedBy = raisedBy
    }

    var index: String {
        let rows = kinds.map {
            "<tr><td>\($0.status)</td><td><a href=\"\($0.type)\">\($0.slug)</a></td><td>\(HTML.escape($0.title))</td></tr>"
        }
        return HTML.page(
            title: "Problems",
            "<div class=\"narrow\"><p><a href=\"/docs\">Palestra API</a></p><h1>Problems</h1><article><div class=\"scroll\"><table>\(rows.joined())</table></div></article></div>"
        )
    }

    func page(_ kind: ProblemKind) -> String {
        let users = (raisedBy[kind.slug] ?? []).map { "<a href=\"/docs#\($0)\">\($0)</a>" }
        let origin = users.isEmpty ? "Any operation may answer with it." : "Answered by \(users.joined(separator: ", "))."
        return HTML.page(
            title: kind.title,
            """
            <div class="narrow"><p><a href="/docs">Palestra API</a> · <a href="/problems">Problems</a></p>
            <h1>\(HTML.escape(kind.title))</h1>
            <p class="soft">HTTP \(kind.status) · <code>\(kind.type)</code></p>
            <article><p>\(Self.advice(kind))</p><p>\(origin)</p></article></div>
            """)
    }

    /// What a client can do about it, by the status.
    private static func advice(_ kind: ProblemKind) -> String {
        if kind == .outcomeUnknown {
            return
                "The connection to the service broke after the request was sent. Repeat it with the same <code>Idempotency-Key</code>: it takes effect once."
        }
        return switch kind.status {
        case 400: "The request itself is at fault; repeating it unchanged leads to the same answer."
        case 401: "Sign in, or get a new access token with the refresh token, and repeat the request."
        case 403: "Another role is needed. Nothing was changed."
        case 404: "There is nothing at this address, or nothing that you may see."
        case 405: "The <code>Allow</code> field lists the methods of this address."
        case 408: "The request did not arrive in full. It is safe to repeat it."
        case 409: "The request contradicts what is stored now. Read it again, then decide."
        case 412: "Somebody else changed it. Read it again and apply your change to the new version."
        case 413, 414, 431: "Send less: this part of the request is beyond its limit."
        case 422: "<code>errors</code> names what is wrong, field by field."
        case 423, 429: "Wait for as many seconds as <code>Retry-After</code> says."
        case 500: "The fault is ours. Tell us the <code>Request-Id</code> of the answer."
        case 503: "Repeat the request after <code>Retry-After</code> seconds."
        default: "The answer's <code>detail</code> says more."
        }
    }
}
