import ContractKit

/// `/docs/permissions`: who may do what, read off the declared operations.
struct PermissionsPage {
    private let services: [any ServiceContract.Type]

    init(_ services: [any ServiceContract.Type]) { self.services = services }

    /// From the one who may least.
    private static let roles = Array(Role.allCases.reversed())

    var html: String {
        HTML.page(
            title: "Who may do what",
            """
            <div class="layout">
            \(navigation)
            <main>
            <p><a href="/docs">Palestra API</a></p>
            <h1>Who may do what</h1>
            <p class="soft">Read off the declared operations, which edge and services check each call by. Nobody reaches another organization.</p>
            \(Self.permissions)
            \(operations)
            </main>
            </div>
            """)
    }

    private var navigation: String {
        let items = services.map { "<li><a href=\"#\($0.name)\">\($0.name)</a></li>" }
        return """
            <nav aria-label="Contents"><p><a href="#permissions">Permissions of the roles</a></p>
            <p><a href="#operations">Operations</a></p><ul>\(items.joined())</ul></nav>
            """
    }

    private static var permissions: String {
        let rows = Permission.allCases.map { permission in
            let cells = roles.map { cell($0.permissions.contains(permission) ? "yes" : "no") }
            return "<tr><th scope=\"row\"><code>\(permission.rawValue)</code></th>\(cells.joined())</tr>"
        }
        return """
            <h2 id="permissions">Permissions of the roles</h2>
            <p class="soft">What a role may do throughout its organization. Who has several roles has the permissions of each.</p>
            \(frame("permissions", "<tbody>\(head("<td></td>", roles.map(\.rawValue)))\(rows.joined(separator: "\n"))</tbody>"))
            """
    }

    private var operations: String {
        let groups = services.map { service in
            let head = Self.head(
                "<th scope=\"rowgroup\" id=\"\(service.name)\">\(service.name)</th>",
                ["stranger"] + Self.roles.map(\.rawValue) + ["platform"])
            return "<tbody>\(head)\n\(service.operations.map { Self.row($0) }.joined(separator: "\n"))</tbody>"
        }
        return """
            <h2 id="operations">Operations</h2>
            <p><strong>all</strong>: throughout the organization. <strong>own</strong>: what is the caller's, such as a member's own bookings,
            or a trainer's own sessions and the members in them; of a call without a token, what the call itself proves.
            <strong>no</strong>: refused. A stranger has no token; platform are those who run the installation, whom no organization knows.
            <em>Fresh sign-in</em>: within five minutes of signing in or of proving it once more.</p>
            \(Self.frame("operations", groups.joined(separator: "\n")))
            """
    }

    private static func row<O: APIOperation>(_ operation: O.Type) -> String {
        let platform = O.access.isPlatform ? word(.organization) : stranger(O.access)
        let cells = ([stranger(O.access)] + roles.map { word(O.access.scope(for: [$0])) } + [platform]).map(cell)
        return """
            <tr><th scope="row"><a href="/docs#\(O.name)">\(HTML.escape(O.summary))</a> \
            <span>\(O.route.method.rawValue) \(HTML.escape(O.route.path))</span>\(O.needsFreshSignIn ? " <em>fresh sign-in</em>" : "")</th>\(cells.joined())</tr>
            """
    }

    /// A scope is asked for somebody who has proved to be a person; only an operation for everyone takes others.
    private static func stranger(_ access: Access) -> String { access == .everyone ? word(access.scope(for: [])) : word(nil) }

    private static func word(_ scope: Scope?) -> String {
        switch scope {
        case nil: "no"
        case .own: "own"
        case .organization: "all"
        }
    }

    private static func cell(_ word: String) -> String { "<td class=\"\(word)\">\(word)</td>" }

    private static func head(_ first: String, _ columns: [String]) -> String {
        "<tr>\(first)\(columns.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr>"
    }

    /// What scrolls is reached by keyboard and has a name.
    private static func frame(_ name: String, _ rows: String) -> String {
        """
        <article><div class="scroll" role="region" aria-labelledby="\(name)" tabindex="0"><table class="matrix" aria-labelledby="\(name)">
        \(rows)
        </table></div></article>
        """
    }
}
