import ContractKit

/// What the edge needs to know of a declared operation to pass its calls on.
final class RoutedOperation: Sendable, Equatable {
    /// Counts the operations of a table, from 0.
    let number: Int
    let name: String
    let service: String
    let needsToken: Bool
    /// Whether it takes the tokens of those who run the installation, and no others.
    let isPlatform: Bool
    let bodyLimit: Int
    /// Whether a file goes one way or the other, which may be a slow one.
    let carriesFile: Bool
    /// Those that a limited token needs one of.
    let scopes: [String]

    init(number: Int, name: String, service: String, access: Access, bodyLimit: Int, carriesFile: Bool, scopes: [String]) {
        (self.number, self.name, self.service, self.carriesFile) = (number, name, service, carriesFile)
        (needsToken, isPlatform, self.bodyLimit, self.scopes) = (access != .everyone, access.isPlatform, bodyLimit, scopes)
    }

    static func == (one: RoutedOperation, other: RoutedOperation) -> Bool { one === other }
}

/// Which operation answers at an address: a tree over path segments, built from the contracts and from nothing else.
struct RouteTable: Sendable {
    enum Match: Equatable {
        case operation(RoutedOperation)
        /// There is something here, for these methods.
        case otherMethods([String])
        case nothing
    }

    /// Two operations claim one address, which no request could tell apart.
    struct Taken: Error, CustomStringConvertible {
        var route: String
        var names: [String]
        var description: String { "\(route) is declared by \(names.joined(separator: " and "))" }
    }

    private struct Node {
        var literals: [Substring: Int] = [:]
        var parameter: Int?
        var operations: [String: RoutedOperation] = [:]
    }

    private var nodes = [Node()]
    private(set) var operations: [RoutedOperation] = []

    /// - Throws: ``Taken`` when two operations have one method and path.
    init(_ services: [any ServiceContract.Type]) throws {
        for service in services {
            for operation in service.operations { try add(operation, of: service.name) }
        }
    }

    private mutating func add(_ operation: any APIOperation.Type, of service: String) throws {
        var at = 0
        for segment in operation.route.segments {
            let known: Int? =
                switch segment {
                case .literal(let text): nodes[at].literals[text[...]]
                case .parameter: nodes[at].parameter
                }
            let next = known ?? nodes.count
            if known == nil {
                nodes.append(Node())
                switch segment {
                case .literal(let text): nodes[at].literals[text[...]] = next
                case .parameter: nodes[at].parameter = next
                }
            }
            at = next
        }
        let method = operation.route.method.rawValue
        let routed = RoutedOperation(
            number: operations.count, name: operation.name, service: service, access: operation.access,
            bodyLimit: operation.bodyLimit, carriesFile: operation.takesFile || operation.givesFile, scopes: operation.scopes(in: service))
        if let other = nodes[at].operations[method] { throw Taken(route: operation.route.description, names: [other.name, routed.name]) }
        nodes[at].operations[method] = routed
        operations.append(routed)
    }

    /// A literal segment beats a parameter. `HEAD` finds what `GET` finds.
    func match(_ method: String, _ segments: [Substring]) -> Match {
        guard let node = find(segments[...], from: 0) else { return .nothing }
        if let operation = nodes[node].operations[method == "HEAD" ? "GET" : method] { return .operation(operation) }
        var methods = nodes[node].operations.keys.sorted()
        if methods.contains("GET") { methods.append("HEAD") }
        return .otherMethods(methods + ["OPTIONS"])
    }

    private func find(_ segments: ArraySlice<Substring>, from index: Int) -> Int? {
        guard let segment = segments.first else { return nodes[index].operations.isEmpty ? nil : index }
        let rest = segments.dropFirst()
        if let literal = nodes[index].literals[segment], let found = find(rest, from: literal) { return found }
        guard let parameter = nodes[index].parameter, !segment.isEmpty else { return nil }
        return find(rest, from: parameter)
    }
}
