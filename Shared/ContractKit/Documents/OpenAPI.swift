/// The OpenAPI 3.1 document of a set of services, derived from their declared operations.
public enum OpenAPI {
    /// - Throws: ``SchemaRecorder/NameTaken`` when two types share a component name.
    public static func document(_ services: [any ServiceContract.Type]) throws -> JSONValue {
        var recorder = SchemaRecorder()
        let problem = try recorder.schema(of: Problem.self)
        var paths: [String: [String: JSONValue]] = [:]
        for service in services {
            for operation in service.operations {
                paths[operation.route.path, default: [:]][operation.route.method.rawValue.lowercased()] =
                    try describe(operation, of: service, problem: problem, in: &recorder)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "Palestra", "version": "1", "summary": "The open backend for gyms, studios and personal trainers"],
            "servers": [["url": "/"]],
            "tags": .array(services.map { ["name": .string($0.name), "description": .string($0.summary)] }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(recorder.components),
                "securitySchemes": [
                    "access_token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "api_key": [
                        "type": "oauth2",
                        "flows": ["clientCredentials": ["tokenUrl": .string(KeyScope.tokenPath), "scopes": .object(scopes(services))]],
                    ],
                ],
            ],
        ]
    }

    /// What each scope is for, by its name.
    private static func scopes(_ services: [any ServiceContract.Type]) -> [String: JSONValue] {
        var scopes: [String: JSONValue] = [:]
        for service in services {
            for operation in service.operations where operation.access != .everyone {
                let names = operation.scopes(in: service.name)
                for name in names { scopes[name] = .string(operation.summary) }
                if let all = names.first {
                    scopes[all] = .string(
                        "Everything in \(service.name) that \(operation.route.method.writes ? "changes" : "reads") something")
                }
            }
        }
        return scopes
    }

    private static func describe<O: APIOperation>(
        _ operation: O.Type, of service: any ServiceContract.Type, problem: JSONValue, in recorder: inout SchemaRecorder
    ) throws -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(O.name), "summary": .string(O.summary), "tags": [.string(service.name)],
            "responses": try responses(of: operation, problem: problem, in: &recorder),
            "security": O.access == .everyone
                ? [] : .array([["access_token": []]] + O.scopes(in: service.name).map { ["api_key": [.string($0)]] }),
        ]
        if O.needsFreshSignIn { members["description"] = "Takes a sign-in of the last five minutes, or a step-up since." }
        let parameters = try parameters(of: operation)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if O.hasBody {
            recorder.allowsNull = true
            defer { recorder.allowsNull = false }
            let schema = try recorder.schema(of: O.Body.self)
            members["requestBody"] = [
                "required": .bool(!(O.Body.self is any OptionalBody.Type)),
                "content": content(O.bodyTypes, schema),
            ]
        }
        return .object(members)
    }

    private static func parameters<O: APIOperation>(of operation: O.Type) throws -> [JSONValue] {
        var recorder = SchemaRecorder()
        let reference = try recorder.schema(of: operation)
        // A generic operation has no component of its own.
        let shape = recorder.components.first { reference["$ref"] == .string("#/components/schemas/\($0.key)") }?.value ?? reference
        guard case .object(let members)? = shape["properties"] else { return headers(of: operation) }
        let inPath = Set(O.route.parameters)
        let declared = members.sorted { $0.key < $1.key }.map { name, schema -> JSONValue in
            [
                "name": .string(name), "in": inPath.contains(name) ? "path" : "query",
                "required": .bool(inPath.contains(name)), "schema": schema,
            ]
        }
        return declared + headers(of: operation)
    }

    private static func headers<O: APIOperation>(of operation: O.Type) -> [JSONValue] {
        if O.reads != nil {
            return [
                header(
                    "Access-Kind", "What is done with the data, for the audit log; \(O.accessKind.rawValue) by default", AccessKind.schema),
                header("Access-Purpose", "What it is needed for, for the audit log; operations by default", AccessPurpose.schema),
            ]
        }
        guard O.route.method == .post || O.takesFile else { return [] }
        return [
            header(
                "Idempotency-Key", "The same key and body replays the stored answer for 24 hours",
                ["type": "string", "minLength": 1, "maxLength": 255])
        ]
    }

    private static func header(_ name: String, _ description: String, _ schema: JSONValue) -> JSONValue {
        ["name": .string(name), "in": "header", "required": false, "description": .string(description), "schema": schema]
    }

    private static func responses<O: APIOperation>(
        of operation: O.Type, problem: JSONValue, in recorder: inout SchemaRecorder
    ) throws -> JSONValue {
        var responses: [String: JSONValue] = [:]
        if O.Output.self == NoContent.self {
            responses[String(O.success)] = ["description": "Done"]
        } else {
            responses[String(O.success)] = [
                "description": .string(O.summary),
                "content": content(O.answerTypes, try recorder.schema(of: O.Output.self)),
            ]
        }
        for (status, kinds) in Dictionary(grouping: O.problems + (O.needsFreshSignIn ? [.stepUpRequired] : []), by: \.status) {
            responses[String(status)] = answer(kinds.map(\.type).sorted().joined(separator: ", "), problem)
        }
        responses["default"] = answer("A problem", problem)
        return .object(responses)
    }

    private static func content(_ types: [String], _ schema: JSONValue) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: types.map { ($0, ["schema": schema]) }))
    }

    private static func answer(_ description: String, _ problem: JSONValue) -> JSONValue {
        ["description": .string(description), "content": ["application/problem+json": ["schema": problem]]]
    }
}
