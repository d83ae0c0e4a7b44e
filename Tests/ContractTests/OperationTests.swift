import Client
import ContractKit
import Foundation
import Testing

@Suite struct OperationTests {
    @Test func routesAndNamesAreUnique() {
        let routes = Product.operations.map { operation in
            // Two routes that differ only in the name of a parameter are one to a router.
            "\(operation.route.method) " + operation.route.path.replacing(/\{[a-z_]+\}/, with: "{}")
        }
        #expect(Set(routes).count == routes.count)
        #expect(Set(Product.operations.map { $0.name }).count == Product.operations.count)
    }

    @Test(arguments: Product.operations.map { $0.name })
    func parametersOfThePathAreMembers(of name: String) throws {
        let operation = try #require(Product.operations.first { $0.name == name })
        try members(operation)
    }

    private func members<O: APIOperation>(_ operation: O.Type) throws {
        let values = try Parameters.encode(try SchemaRecorder.example(of: operation))
        #expect(Set(O.route.parameters).isSubset(of: Set(values.keys)), "\(O.name) \(values)")
        // What the SDK writes into the address, the service reads back.
        let again = try Parameters.encode(try Parameters.decode(operation, from: values))
        #expect(again == values)
        #expect(O.route.path.hasPrefix("/v1/") || O.route.path.hasPrefix("/.well-known/"))
        #expect(!O.summary.isEmpty && !O.summary.hasSuffix("."))
    }

    @Test func theDocumentHasEveryOperation() throws {
        let document = try OpenAPI.document(Product.contracts)
        for operation in Product.operations {
            let described = document["paths"]?[operation.route.path]?[operation.route.method.rawValue.lowercased()]
            #expect(described?["operationId"] == .string(operation.name))
            #expect(described?["responses"]?[String(operation.success)] != nil)
            // A file is not JSON, either way.
            let types = operation.fileTypes.map(\.rawValue).sorted()
            let (sent, answered) = (described?["requestBody"], described?["responses"]?[String(operation.success)])
            if operation.takesFile { #expect(names(sent) == types, "\(operation.name)") }
            if operation.givesFile { #expect(names(answered) == types, "\(operation.name)") }
        }
        let events = try AsyncAPI.document(Product.contracts)
        for event in Product.events { #expect(events["channels"]?[event.type] != nil) }
    }

    private func names(_ described: JSONValue?) -> [String] {
        guard case .object(let types)? = described?["content"] else { return [] }
        return types.keys.sorted()
    }

    /// What comes from outside is bounded by its type: a bare text has no limit and may hold what PostgreSQL cannot store.
    @Test func nothingFromOutsideIsUnbounded() throws {
        for operation in Product.operations { try refuseBareTexts(operation) }
    }

    private func refuseBareTexts<O: APIOperation>(_ operation: O.Type) throws {
        var recorder = SchemaRecorder()
        var schemas = [try recorder.schema(of: operation), try recorder.schema(of: O.Body.self)]
        schemas += recorder.components.values
        for schema in schemas { walk(schema, "\(O.name)") }
    }

    private func walk(_ schema: JSONValue, _ path: String) {
        if case .object(let members) = schema {
            if members["type"] == "string" {
                let bounds = ["maxLength", "format", "pattern", "enum", "contentEncoding"]
                #expect(bounds.contains { members[$0] != nil }, "\(path) is a text without bounds")
            }
            if members["type"] == "integer" || members["type"] == "number" {
                #expect(members["minimum"] != nil && members["maximum"] != nil, "\(path) is a number without bounds")
            }
            for (name, member) in members { walk(member, "\(path)/\(name)") }
        } else if case .array(let items) = schema {
            for item in items { walk(item, path) }
        }
    }

    /// `sessionID` must come back from `session_id`, in every type that is on the wire.
    @Test func namesSurviveTheWire() throws {
        var recorder = SchemaRecorder()
        for operation in Product.operations { try record(operation, in: &recorder) }
        for event in Product.events { try record(event, in: &recorder) }
        for (component, schema) in recorder.components {
            guard case .object(let properties)? = schema["properties"] else { continue }
            for name in properties.keys { #expect(WireName.snake(WireName.camel(name)) == name, "\(component).\(name)") }
        }
    }

    private func record<O: APIOperation>(_ operation: O.Type, in recorder: inout SchemaRecorder) throws {
        _ = try recorder.schema(of: operation)
        _ = try recorder.schema(of: O.Body.self)
        _ = try recorder.schema(of: O.Output.self)
    }
    private func record<E: Event>(_ event: E.Type, in recorder: inout SchemaRecorder) throws { _ = try recorder.schema(of: event) }
}
