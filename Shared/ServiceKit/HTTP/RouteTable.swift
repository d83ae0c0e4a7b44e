import ContractKit
import Foundation

/// Finds the endpoint of a path.
///
/// Our own rather than Hummingbird's router, which answers a wrong method with 404 and cannot say which methods there are;
/// and literal segments win over parameters here whatever the order of declaration.
struct RouteTable: Sendable {
    private var root = Node()

    enum Match: Sendable {
        case found(Entry, parameters: [String: String])
        case wrongMethod(allowed: [String])
        case nothing
    }

    struct Entry: Sendable {
        let endpoint: Endpoint
        let route: Route
        let metrics: RouteMetrics
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        /// At most one element: a box, since a struct cannot hold itself.
        var parameter: [Node] = []
        var entries: [ContractKit.Method: Entry] = [:]
    }

    init(_ endpoints: [Endpoint], metrics: PrometheusRegistry) {
        for endpoint in endpoints {
            let route = endpoint.operation.route
            let entry = Entry(
                endpoint: endpoint, route: route, metrics: RouteMetrics(route: route.path, method: route.method.rawValue, in: metrics))
            Self.insert(entry, route.segments[...], into: &root)
        }
    }

    private static func insert(_ entry: Entry, _ segments: ArraySlice<Route.Segment>, into node: inout Node) {
        switch segments.first {
        case nil:
            precondition(node.entries.updateValue(entry, forKey: entry.route.method) == nil, "\(entry.route) is declared twice")
        case .literal(let text):
            insert(entry, segments.dropFirst(), into: &node.literals[text, default: Node()])
        case .parameter:
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            insert(entry, segments.dropFirst(), into: &node.parameter[0])
        }
    }

    /// `path` without its query, still percent-encoded.
    func match(_ method: String, _ path: Substring) -> Match {
        guard path.hasPrefix("/") else { return .nothing }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var captured: [Substring] = []
        guard let node = Self.find(segments[...], in: root, &captured) else { return .nothing }
        // HEAD is GET without the body.
        guard let method = ContractKit.Method(rawValue: method == "HEAD" ? "GET" : method), let entry = node.entries[method] else {
            let allowed = node.entries.keys.map(\.rawValue)
            return .wrongMethod(allowed: (allowed + (allowed.contains("GET") ? ["HEAD"] : [])).sorted())
        }
        var parameters: [String: String] = [:]
        for (name, segment) in zip(entry.route.parameters, captured) {
            guard let value = segment.removingPercentEncoding else { return .nothing }
            parameters[name] = value
        }
        return .found(entry, parameters: parameters)
    }

    private static func find(_ segments: ArraySlice<Substring>, in node: Node, _ captured: inout [Substring]) -> Node? {
        guard let segment = segments.first else { return node.entries.isEmpty ? nil : node }
        if let next = node.literals[String(segment)], let found = find(segments.dropFirst(), in: next, &captured) { return found }
        guard !segment.isEmpty, let next = node.parameter.first else { return nil }
        captured.append(segment)
        if let found = find(segments.dropFirst(), in: next, &captured) { return found }
        captured.removeLast()
        return nil
    }
}
