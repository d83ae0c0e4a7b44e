import AuthContract
import BillingContract
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// A declared operation, as its attackers see it: what is declared tomorrow is attacked tomorrow.
struct Declared: Sendable, CustomTestStringConvertible {
    let name: String
    let service: String
    let method: String
    /// With its parameters in braces.
    let path: String
    let access: Access
    /// In bytes.
    let bodyLimit: Int
    /// Whether the body may be a form.
    let takesForms: Bool
    let inPath: [String]
    /// Schemas by name.
    let query: [String: JSONValue]
    /// With every member; nil where there is no body.
    let body: JSONValue?
    let bodySchema: JSONValue?
    /// What it takes in place of such a body; nil for most.
    let file: FileContent?

    var testDescription: String { name }
    var isOpen: Bool { access == .everyone }
    var writes: Bool { method != "GET" }

    /// The address with ids from `world`, or ids of nothing.
    func target(_ world: Furnished?, _ query: [String: String] = [:]) -> String {
        let filled = inPath.reduce(path) { path, name in
            path.replacing("{\(name)}", with: world?.id(name) ?? UUID.v7().lowercaseText)
        }
        let pairs = query.sorted { $0.key < $1.key }.map { "\(escaped($0.key))=\(escaped($0.value))" }
        return pairs.isEmpty ? filled : "\(filled)?\(pairs.joined(separator: "&"))"
    }

    static let contracts: [any ServiceContract.Type] = [
        AuthContract.self, SchedulingContract.self, WorkoutsContract.self, BillingContract.self, NotificationsContract.self,
    ]
    static let document: JSONValue = (try? OpenAPI.document(contracts)) ?? .null
    static let all: [Declared] = contracts.flatMap { contract in contract.operations.map { make($0, of: contract.name) } }
    static let guarded = all.filter { !$0.isOpen }
    /// Those that let an organization's people in. The others refuse them whatever they send, and first of all.
    static let ofOrganizations = all.filter { !$0.access.isPlatform }
    static let withBody = ofOrganizations.filter { $0.body != nil }
    static let byID = ofOrganizations.filter { !$0.inPath.isEmpty }

    private static func make<O: APIOperation>(_ operation: O.Type, of service: String) -> Declared {
        let described = document["paths"]?[O.route.path]?[O.route.method.rawValue.lowercased()]
        let parameters = (described?["parameters"]?.elements ?? []).filter { $0["in"] == "query" }
        // A file is no body to take apart: AuthServerTests sends broken ones.
        let example = O.hasBody && !O.takesFile ? try? SchemaRecorder.example(of: O.Body.self, optionals: .filled) : nil
        return Declared(
            name: O.name, service: service, method: O.route.method.rawValue, path: O.route.path, access: O.access,
            bodyLimit: O.bodyLimit, takesForms: O.takesForm, inPath: O.route.parameters,
            query: Dictionary(uniqueKeysWithValues: parameters.map { ($0["name"]?.text ?? "", $0["schema"] ?? .null) }),
            body: example.flatMap { try? JSON.decode(JSONValue.self, from: JSON.encode($0)) },
            bodySchema: described?["requestBody"]?["content"]?["application/json"]?["schema"],
            file: O.takesFile ? SampleFiles.png() : nil)
    }
}

/// For a query or a path segment.
func escaped(_ text: String) -> String {
    let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
}

extension JSONValue {
    /// Where a reference leads, and past the null that what may be left out may be.
    var resolved: JSONValue {
        if let reference = self["$ref"]?.text {
            return Declared.document["components"]?["schemas"]?[String(reference.split(separator: "/").last ?? "")]?.resolved ?? .null
        }
        return self["anyOf"]?.elements.first?.resolved ?? self
    }

    /// The paths of all members and elements that are no containers.
    var leaves: [[String]] {
        switch self {
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { name, value in value.leaves.map { [name] + $0 } }
        case .array(let elements): elements.enumerated().flatMap { index, value in value.leaves.map { ["\(index)"] + $0 } }
        default: [[]]
        }
    }

    subscript(at path: some Collection<String>) -> JSONValue? {
        get {
            guard let name = path.first else { return self }
            if case .array(let elements) = self { return Int(name).map { elements[$0][at: path.dropFirst()] } ?? nil }
            return self[name]?[at: path.dropFirst()]
        }
        set {
            guard let name = path.first else { return self = newValue ?? .null }
            switch self {
            case .object(var members):
                if path.count == 1 { members[name] = newValue } else { members[name]?[at: path.dropFirst()] = newValue }
                self = .object(members)
            case .array(var elements):
                if let index = Int(name) { elements[index][at: path.dropFirst()] = newValue }
                self = .array(elements)
            default: break
            }
        }
    }
}
