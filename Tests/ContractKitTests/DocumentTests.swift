import ContractKit
import Testing

@Suite struct DocumentTests {
    @Test func `A type's schema is read off its decoding`() throws {
        var recorder = SchemaRecorder()
        #expect(try recorder.schema(of: SaveShelf.Body.self) == ["$ref": "#/components/schemas/SaveShelfBody"])
        let body = try #require(recorder.components["SaveShelfBody"])
        #expect(body["required"] == ["name", "price", "labels", "state"])
        #expect(body["properties"]?["rating"] == ["type": "integer", "minimum": 1, "maximum": 10])
        #expect(body["properties"]?["labels"]?["type"] == "array")
        #expect(body["properties"]?["state"]?["enum"] == ["open", "closed"])
        #expect(body["properties"]?["opens_at"]?["format"] == "date-time")
    }

    @Test func `A nullable member is required and may be null`() throws {
        var recorder = SchemaRecorder()
        _ = try recorder.schema(of: Shelf.self)
        let shelf = try #require(recorder.components["Shelf"])
        guard case .array(let required)? = shelf["required"] else {
            Issue.record("nothing is required")
            return
        }
        #expect(required.contains("emptied_at"))
        #expect(!required.contains("rating"))
        #expect(shelf["properties"]?["emptied_at"]?["anyOf"] != nil)
    }

    @Test func `A member that may be left out is not required, whatever its type`() throws {
        var recorder = SchemaRecorder()
        _ = try recorder.schema(of: Loose.self)
        #expect(recorder.components["Loose"]?["required"] == ["id"])
        #expect(try SchemaRecorder.example(of: Loose.self).text == nil)
        #expect(try SchemaRecorder.example(of: Loose.self, optionals: .filled).text != nil)
        _ = try recorder.schema(of: Problem.self)
        #expect(recorder.components["Problem"]?["required"] == ["type", "title", "status"])
    }

    @Test func `What may be left out of a body may be null there, but never is in an answer`() throws {
        let schemas = try #require(try OpenAPI.document([ShelvesContract.self])["components"]?["schemas"])
        let rating = Rating.schema
        #expect(schemas["SaveShelfBody"]?["properties"]?["rating"] == ["anyOf": [rating, ["type": "null"]]])
        #expect(schemas["Shelf"]?["properties"]?["rating"] == rating)
    }

    @Test func `An example decodes`() throws {
        let body = try SchemaRecorder.example(of: SaveShelf.Body.self)
        #expect(try JSON.decode(SaveShelf.Body.self, from: JSON.encode(body)) == body)
    }

    @Test func `Two types of one name are refused`() throws {
        var recorder = SchemaRecorder()
        _ = try recorder.schema(of: Clash.Name.self)
        #expect(throws: SchemaRecorder.NameTaken.self) { try recorder.schema(of: ClashName.self) }
    }

    @Test func `The OpenAPI document holds every operation`() throws {
        let document = try OpenAPI.document([ShelvesContract.self])
        #expect(document["openapi"] == "3.1.0")
        let save = try #require(document["paths"]?["/v1/shelves/{shelf_id}"]?["put"])
        #expect(save["operationId"] == "SaveShelf")
        #expect(save["requestBody"]?["required"] == true)
        #expect(save["responses"]?["200"] != nil)
        #expect(save["responses"]?["409"]?["description"] == "/problems/shelf-full")
        #expect(save["responses"]?["default"]?["content"]?["application/problem+json"] != nil)
        let service = ShelvesContract.name
        let scopes: [JSONValue] = [.string("\(service):write"), .string("\(service):SaveShelf")]
        #expect(save["security"] == .array([["access_token": []]] + scopes.map { ["api_key": [$0]] }))
        let flow = document["components"]?["securitySchemes"]?["api_key"]?["flows"]?["clientCredentials"]
        #expect(flow?["scopes"]?["\(service):SaveShelf"] == .string(SaveShelf.summary) && flow?["scopes"]?["\(service):write"] != nil)
        let empty = try #require(document["paths"]?["/v1/shelves/{shelf_id}/empty"]?["post"])
        #expect(empty["security"] == [])
        #expect(empty["requestBody"]?["required"] == false)
        #expect(empty["responses"]?["204"]?["content"] == nil)
    }

    @Test func `Parameters stand where they are sent`() throws {
        let document = try OpenAPI.document([ShelvesContract.self])
        func parameters(_ path: String, _ method: String) -> [String: JSONValue] {
            guard case .array(let all)? = document["paths"]?[path]?[method]?["parameters"] else { return [:] }
            return all.reduce(into: [:]) { result, parameter in
                if case .string(let name)? = parameter["name"] { result[name] = parameter }
            }
        }
        let save = parameters("/v1/shelves/{shelf_id}", "put")
        #expect(save["shelf_id"]?["in"] == "path" && save["shelf_id"]?["required"] == true)
        #expect(save["notify"]?["in"] == "query" && save["notify"]?["required"] == false)
        #expect(parameters("/v1/shelves", "get")["limit"]?["schema"]?["maximum"] == 100)
        #expect(parameters("/v1/shelves/{shelf_id}/empty", "post")["Idempotency-Key"]?["in"] == "header")
    }

    @Test func `Every reference leads somewhere`() throws {
        for document in [try OpenAPI.document([ShelvesContract.self]), try AsyncAPI.document([ShelvesContract.self])] {
            for reference in references(in: document) {
                let parts = reference.split(separator: "/").dropFirst().map(String.init)
                #expect(parts.reduce(Optional(document)) { $0?[$1] } != nil, "\(reference)")
            }
        }
    }

    @Test func `The AsyncAPI document holds every event`() throws {
        let document = try AsyncAPI.document([ShelvesContract.self])
        #expect(document["asyncapi"] == "3.0.0")
        #expect(document["channels"]?["shelves.shelf.emptied.v1"]?["address"] == "shelves.shelf.emptied.v1")
        let message = document["components"]?["messages"]?["shelves.shelf.emptied.v1"]
        #expect(message?["payload"]?["properties"]?["source"]?["const"] == "/palestra/shelves")
    }

    private func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { key, member in
                if key == "$ref", case .string(let text) = member { [text] } else { references(in: member) }
            }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }
}

enum Clash { struct Name: Codable, Sendable { var a: Int } }
struct ClashName: Codable, Sendable { var b: Int }
