import ContractKit
import Foundation

/// One operation on the page.
struct OperationArticle {
    let html: String

    init(_ operation: any APIOperation.Type, of service: String, in document: JSONValue) {
        html = Self.render(operation, service, document)
    }

    private static func render<O: APIOperation>(_ operation: O.Type, _ service: String, _ document: JSONValue) -> String {
        let method = O.route.method.rawValue
        let entry = document["paths"]?[O.route.path]?[method.lowercased()] ?? [:]
        return """
            <article id="\(O.name)">
            <h3>\(HTML.escape(O.summary))</h3>
            <p class="call"><span class="method \(method.lowercased())">\(method)</span> <code>\(HTML.escape(O.route.path))</code></p>
            <p class="soft">\(access(O.access))\(O.access == .everyone ? "" : keys(O.scopes(in: service)))\(O.needsFreshSignIn ? "; takes a sign-in of the last five minutes" : "")</p>
            \(parameters(entry))
            \(O.takesFile ? "<h4>Body</h4>" + file(O.fileTypes) : O.hasBody ? body(O.Body.self, entry["requestBody"], document) : "")
            \(answer(operation, entry, document))
            \(problems(O.problems))
            </article>
            """
    }

    private static func keys(_ scopes: [String]) -> String {
        guard !scopes.isEmpty else { return "; not for keys" }
        return "; keys need \(scopes.map { "<code>\($0)</code>" }.joined(separator: " or "))"
    }

    private static func access(_ access: Access) -> String {
        switch access {
        case .everyone: return "For anyone, without a token"
        case .signedIn: return "For anyone who is signed in"
        case .platform: return "For those who run the installation"
        case .platformPassword: return "For those who run the installation, before the second factor as well"
        case .granted(let grants):
            let words = grants.map { grant in
                switch grant {
                case .staff(let permission): "staff with <code>\(permission.rawValue)</code>"
                case .own(let role): "a \(role.rawValue), on what is theirs"
                }
            }
            return "For \(words.joined(separator: "; "))"
        }
    }

    private static func parameters(_ entry: JSONValue) -> String {
        guard case .array(let parameters)? = entry["parameters"], !parameters.isEmpty else { return "" }
        let rows = parameters.map { parameter in
            SchemaTable.row(
                SchemaTable.text(parameter["name"] ?? ""), parameter["schema"] ?? [:], note: parameter["in"].map(SchemaTable.text) ?? "")
        }
        return "<h4>Parameters</h4>" + SchemaTable.frame(rows)
    }

    private static func body<B: Codable>(_ type: B.Type, _ entry: JSONValue?, _ document: JSONValue) -> String {
        let schema = entry?["content"]?["application/json"]?["schema"] ?? [:]
        return "<h4>Body</h4>" + SchemaTable.table(resolved(schema, document)) + example(type, "Smallest body")
    }

    private static func file(_ types: [FileType]) -> String {
        "<p>A file as it is: \(types.map { "<code>\($0.rawValue)</code>" }.joined(separator: ", ")).</p>"
    }

    private static func answer<O: APIOperation>(_ operation: O.Type, _ entry: JSONValue, _ document: JSONValue) -> String {
        guard O.Output.self != NoContent.self else { return "<h4>Answer \(O.success)</h4><p>Nothing more to say.</p>" }
        if O.givesFile { return "<h4>Answer \(O.success)</h4>" + file(O.fileTypes) }
        let schema = entry["responses"]?[String(O.success)]?["content"]?["application/json"]?["schema"] ?? [:]
        let words = SchemaTable.words(schema)
        return "<h4>Answer \(O.success)</h4>"
            + "<details><summary>\(words == "object" ? "Its members" : words)</summary>\(SchemaTable.table(resolved(schema, document)))</details>"
            + example(O.Output.self, "Example")
    }

    private static func example<T: Codable>(_ type: T.Type, _ title: String) -> String {
        guard let value = try? SchemaRecorder.example(of: type), let json = try? JSON.encodeSorted(value) else { return "" }
        let text = String(decoding: json, as: UTF8.self).replacing("\" : ", with: "\": ")
        return "<details><summary class=\"soft\">\(title)</summary><pre>\(HTML.escape(text))</pre></details>"
    }

    private static func problems(_ kinds: [ProblemKind]) -> String {
        guard !kinds.isEmpty else { return "" }
        let items = kinds.map {
            "<tr><td>\($0.status)</td><td><a href=\"\($0.type)\">\($0.slug)</a></td><td>\(HTML.escape($0.title))</td></tr>"
        }
        return "<h4>Problems of its own</h4><div class=\"scroll\"><table>\(items.joined())</table></div>"
    }

    private static func resolved(_ schema: JSONValue, _ document: JSONValue) -> JSONValue {
        guard case .string(let reference)? = schema["$ref"], let name = reference.split(separator: "/").last else { return schema }
        return document["components"]?["schemas"]?[String(name)] ?? schema
    }
}
