import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 52 and 85 to 100: bodies that are none, and values that are not what was declared; over every operation that takes a body.
@Suite struct DecodingTests {
    /// Rows of an import are judged one by one: its body is a list of anything.
    private static let objects = Declared.withBody.filter { !$0.isList }

    private func send(
        _ operation: Declared, _ world: World, text: String, headers: [String: String] = [:]
    ) async throws -> Reply {
        let token = operation.isOpen ? nil : try await world.ours.token(as: Set(Role.allCases))
        return try await operation.send(world, operation.target(nil), text: text, token: token, headers: headers)
    }

    private func expect(
        _ reply: Reply, _ status: Int, _ problem: String, _ what: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            reply.status == status && reply.json["type"] == .string("/problems/\(problem)"),
            "\(what()): \(reply.status) \(reply.text.prefix(300))", sourceLocation: sourceLocation)
        expectClean(reply, what(), sourceLocation: sourceLocation)
    }

    @Test(arguments: Declared.withBody) func `Row 85: what is no JSON is malformed`(_ operation: Declared) async throws {
        try await withWorld { world in
            let good = try #require(operation.validBody(world.ours)).encoded
            let texts = [
                String(good.dropLast()), good + good, good + "x", "\u{FEFF}" + good, String(good.dropLast()) + ",}", "{'a':1}", "{", "nul",
                "// a\n" + good, "NaN", "Infinity", "\u{0}", good + "\u{0}",
            ]
            for text in texts {
                expect(try await send(operation, world, text: text), 400, "malformed-json", "\(operation.name) \(text.prefix(40))")
            }
            let inText: [[UInt8]] = [[0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]]
            let wide = [
                Data([0xFF, 0xFE]) + (good.data(using: .utf16LittleEndian) ?? Data()), good.data(using: .utf16BigEndian) ?? Data(),
            ]
            for bytes in wide + inText.map({ Data(#"{"a":""#.utf8) + $0 + Data(#""}"#.utf8) }) {
                var caller = Caller(world.system)
                caller.token = try await world.ours.token(as: Set(Role.allCases))
                let reply = try await caller.send(
                    operation.method, operation.target(nil), headers: ["Content-Type": "application/json"], body: bytes)
                expect(reply, 400, "malformed-json", "\(operation.name) \(bytes as NSData)")
            }
        }
    }

    @Test(arguments: objects) func `S3-69, row 86: wrong types, missing members and nulls are named by their place`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            let body = try #require(operation.validBody(world.ours))
            let cases = Broken.cases(of: try #require(operation.bodySchema), in: body)
            #expect(cases.count >= 5)
            for broken in cases {
                let reply = try await send(operation, world, text: broken.body.encoded)
                expect(reply, 422, "validation", "\(operation.name) \(broken.what)")
                let pointers = reply.json["errors"]?.elements.compactMap { $0["pointer"]?.text }
                #expect(pointers == [broken.pointer], "\(operation.name) \(broken.what): \(reply.text.prefix(300))")
            }
        }
    }

    @Test(arguments: Declared.withBody) func `Row 87: a name that comes twice is malformed`(_ operation: Declared) async throws {
        try await withWorld { world in
            for text in [#"{"a":1,"a":1}"#, #"{"x":{"a":1,"\u0061":2}}"#, #"[{"a":1,"b":[],"a":null}]"#] {
                expect(try await send(operation, world, text: text), 400, "malformed-json", "\(operation.name) \(text)")
            }
        }
    }

    /// Whoever took long over them would be answered for by the edge, which waits thirty seconds.
    private static let deepTexts = [
        String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000), String(repeating: "[", count: 1_000_000),
        #"{"a":"# + String(repeating: "[{\"a\":", count: 100_000),
    ]

    @Test(arguments: Declared.withBody) func `Row 88: deep nesting is refused at once`(_ operation: Declared) async throws {
        try await withWorld { world in
            for text in Self.deepTexts {
                expect(try await send(operation, world, text: text), 400, "malformed-json", "\(operation.name) \(text.prefix(8))")
            }
            // As deep as is allowed: read, and refused for what it is.
            let deep = #"{"x":"# + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}"
            expectClean(try await send(operation, world, text: deep), operation.name)
        }
    }

    @Test(arguments: objects) func `Row 89: numbers that are none, or none that fit`(_ operation: Declared) async throws {
        try await withWorld { world in
            let body = try #require(operation.validBody(world.ours))
            for leaf in body.leaves {
                guard case .int? = body[at: leaf] else { continue }
                var marked = body
                marked[at: leaf] = "@"
                let numbers = [
                    "1e400", "-1e400", "0.1", "1e-400", "9223372036854775808", "-9223372036854775809", String(repeating: "9", count: 40),
                    "1e19",
                    "123456789012345678901234567890.5",
                ]
                for (number, status) in numbers.map({ ($0, 422) })
                    + ["01", "+1", ".5", "1.", "0x10", "1e", "--1", "1_000"].map({ ($0, 400) })
                {
                    let reply = try await send(operation, world, text: marked.encoded.replacing("\"@\"", with: number))
                    expectClean(reply, "\(operation.name) \(leaf) \(number)")
                    // A weight may be a fraction.
                    if number == "0.1" || number == "1e-400", reply.status < 500, body[at: leaf]?.isFraction(in: operation, leaf) == true {
                        continue
                    }
                    #expect(reply.status == status, "\(operation.name) \(leaf) \(number): \(reply.status) \(reply.text.prefix(200))")
                }
            }
        }
    }

    private static let manyMembers = "{\((0..<30_000).map { "\"k\($0)\":1" }.joined(separator: ","))}"

    @Test(arguments: Declared.withBody) func `Row 90: tens of thousands of members take no more than their time`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            // Compared two by two they would take longer than the edge waits.
            expectClean(try await send(operation, world, text: Self.manyMembers), operation.name)
            expectClean(try await send(operation, world, text: "{\"x\":\(Self.manyMembers)}"), operation.name)
        }
    }

    @Test(arguments: Declared.withBody) func `Rows 92, 94, 112: other media types and codings are refused`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            let good = try #require(operation.validBody(world.ours)).encoded
            for type in [
                "text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "text/json", "*/*",
                "application/x-www-form-urlencoded", "application/merge-patch+json", "application/jsonp", "application/json, text/plain",
            ] where !operation.takesForms || !type.hasSuffix("form-urlencoded") {
                let reply = try await send(operation, world, text: good, headers: ["Content-Type": type])
                expect(reply, 415, "unsupported-media-type", "\(operation.name) \(type)")
            }
            for coding in ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "x"] {
                let reply = try await send(operation, world, text: good, headers: ["Content-Encoding": coding])
                expect(reply, 415, "unsupported-media-type", "\(operation.name) coded as \(coding)")
            }
        }
    }

    @Test(arguments: Declared.withBody) func `Row 95: a byte over the limit is too much, with and without a length`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            // The edge does not wait for what it is not going to take.
            let limit = operation.bodyLimit
            let token = try await world.ours.token(as: Set(Role.allCases))
            let head =
                "\(operation.method) \(operation.target(nil)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
            let declared = try await Wire.exchange(world.system.edgePort, head + "Content-Length: \(limit + 1)\r\n\r\n")
            #expect(declared.hasPrefix("HTTP/1.1 413 "), "\(operation.name): \(declared.prefix(200))")
            guard !operation.isList else { return }
            let whole = try await send(operation, world, text: String(repeating: " ", count: limit))
            #expect([400, 422, 404].contains(whole.status), "\(operation.name): \(whole.status)")
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            let text = try await Wire.exchange(
                world.system.edgePort,
                head + "Transfer-Encoding: chunked\r\n\r\n"
                    + String(repeating: chunk, count: limit / 0x10000 + 1), answers: 1)
            #expect(text.hasPrefix("HTTP/1.1 413 "), "\(operation.name): \(text.prefix(200))")
        }
    }

    @Test(arguments: objects) func `Row 52: what a body does not declare has no effect`(_ operation: Declared) async throws {
        try await withWorld { world in
            let token = operation.isOpen ? nil : world.ours.gym.tokens.accessToken
            let (planted, person) = (UUID.v7().lowercaseText, UUID.v7().lowercaseText)
            let more: [String: JSONValue] = [
                "id": .string(planted), "organization_id": .string(world.theirs.ids["organization"] ?? ""), "person_id": .string(person),
                "role": "owner", "roles": ["owner", "admin"], "status": "paid", "payment_status": "paid", "is_admin": true,
                "created_at": "1999-01-01T00:00:00Z", "updated_at": "1999-01-01T00:00:00Z", "version": 987_654_321,
                "amount_paid": 987_654_321,
                "has_account": true, "booked": 987_654_321, "number": "987654321", "total": ["amount": 987_654_321, "currency": "CAD"],
                "__proto__": ["x": 1],
            ]
            guard case .object(let declared)? = operation.validBody(world.ours) else { return }
            let body = JSONValue.object(declared.merging(more) { mine, _ in mine })
            let reply = try await operation.send(world, operation.target(world.ours), text: body.encoded, token: token)
            expectClean(reply, operation.name)
            guard reply.status < 300 else { return }
            for word in [planted, person, world.theirs.ids["organization"] ?? "", "1999-01-01", "987654321"] {
                #expect(!reply.text.contains(word), "\(operation.name) took \(word): \(reply.text.prefix(400))")
            }
            if operation.name.hasPrefix("Create"), operation.name != "CreateOrganization", let roles = reply.json["roles"]?.elements {
                #expect(!roles.contains("owner") && !roles.contains("admin"), "\(operation.name): \(reply.text.prefix(300))")
            }
            if let payment = reply.json["payment_status"] { #expect(payment == "pending") }
        }
    }

    /// So that the test above can fail: it reaches what writes.
    @Test func `Row 52: most valid bodies are taken`() async throws {
        try await withWorld { world in
            var taken: Set<String> = []
            for operation in Self.objects
            where [
                "CreateMember", "CreateTrainer", "CreateLocation", "CreateClassType", "CreateSession", "CreateExercise", "StartWorkout",
                "LogSet", "CreateOrganization",
            ].contains(operation.name) {
                let token = operation.isOpen ? nil : world.ours.gym.tokens.accessToken
                var body = operation.validBody(world.ours)
                if operation.name == "CreateSession", case .object(var members)? = body {
                    // Where the world's own trainer works is what other tests play with.
                    members["trainer_id"] = .string("\(try await world.ours.gym.trainer())")
                    body = .object(members)
                }
                let reply = try await operation.send(world, operation.target(world.ours), text: body?.encoded, token: token)
                #expect(reply.status == 201, "\(operation.name): \(reply.status) \(reply.text.prefix(300))")
                taken.insert(operation.name)
            }
            #expect(taken.count == 9)
        }
    }
}

extension Declared {
    var isList: Bool { if case .array? = body { true } else { false } }

    func schema(at path: [String]) -> JSONValue {
        path.reduce(bodySchema?.resolved ?? .null) { schema, name in
            (schema["items"] ?? schema["properties"]?[name] ?? .null).resolved
        }
    }
}

extension JSONValue {
    func isFraction(in operation: Declared, _ leaf: [String]) -> Bool { operation.schema(at: leaf)["type"] == "number" }
}

/// A body with one thing wrong, and where.
struct Broken {
    var what: String
    var body: JSONValue
    var pointer: String

    static func cases(of schema: JSONValue, in body: JSONValue) -> [Broken] { walk(schema, [], body) }

    private static func walk(_ schema: JSONValue, _ path: [String], _ body: JSONValue) -> [Broken] {
        let (schema, pointer) = (schema.resolved, (["#"] + path).joined(separator: "/"))
        var found: [Broken] = wrong(schema["type"]?.text).map { value in
            var changed = body
            changed[at: path] = value
            return Broken(what: "\(pointer) = \(value.encoded)", body: changed, pointer: pointer)
        }
        if case .object(let properties)? = schema["properties"] {
            let required = schema["required"]?.elements.compactMap(\.text) ?? []
            for (name, member) in properties.sorted(by: { $0.key < $1.key }) {
                found += walk(member, path + [name], body)
                guard required.contains(name), case .object(var members)? = body[at: path] else { continue }
                var (nulled, missing) = (body, body)
                nulled[at: path + [name]] = .null
                members[name] = nil
                missing[at: path] = .object(members)
                found += [
                    Broken(what: "\(pointer)/\(name) = null", body: nulled, pointer: "\(pointer)/\(name)"),
                    Broken(what: "\(pointer)/\(name) left out", body: missing, pointer: "\(pointer)/\(name)"),
                ]
            }
        }
        if let items = schema["items"], body[at: path]?.elements.isEmpty == false { found += walk(items, path + ["0"], body) }
        return found
    }

    private static func wrong(_ type: String?) -> [JSONValue] {
        switch type {
        case "string": [17, true, [], [:], .double(1.5)]
        case "integer", "number": ["1", true, [], [:]]
        case "boolean": ["true", 1, [], [:]]
        case "array": ["x", 1, [:], true]
        case "object": ["x", 1, [], true]
        default: []
        }
    }
}
