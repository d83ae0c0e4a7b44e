import AsyncHTTPClient
import ContractKit
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

/// Sends requests as they are written, for tests that look at every byte of the answer.
struct Caller: Sendable {
    var port: Int
    var token: String?

    /// The shared client, but for idle connections: it lets go of them long before the edge does (30 s). A request on one that is just being
    /// closed gets no answer.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.idleTimeout = .seconds(10)
        return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }()

    init(_ system: PalestraSystem, token: String? = nil) { (port, self.token) = (system.edgePort, token) }
    init(port: Int) { self.port = port }

    func with(token: String?) -> Caller {
        var copy = self
        copy.token = token
        return copy
    }

    func send(_ method: String, _ path: String, headers: [String: String] = [:], body: Data? = nil) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await Self.client.execute(request, timeout: .seconds(60))
            let bytes = try await response.body.collect(upTo: 64 << 20)
            return Reply(
                status: Int(response.status.code),
                headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
                body: Data(bytes.readableBytesView))
        } catch let error where error is HTTPClientError || error is ChannelError {
            throw Unexpected("\(method) \(path) to port \(port) has no answer: \(error)")
        }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply { try await send("GET", path, headers: headers) }
    func delete(_ path: String, headers: [String: String] = [:]) async throws -> Reply { try await send("DELETE", path, headers: headers) }

    /// With a JSON text as it stands here, or without a body.
    func post(_ path: String, text: String?, headers: [String: String] = [:], method: String = "POST") async throws -> Reply {
        let type = text == nil ? [:] : ["Content-Type": "application/json"]
        return try await send(method, path, headers: type.merging(headers) { $1 }, body: text.map { Data($0.utf8) })
    }

    func post(_ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:], method: String = "POST") async throws -> Reply {
        try await post(path, text: try body.map { String(decoding: try JSON.encode($0), as: UTF8.self) }, headers: headers, method: method)
    }
}

/// An answer as it came.
struct Reply: Sendable {
    var status: Int
    /// By lower-case name.
    var headers: [String: String]
    var body: Data

    /// Null where the body is no JSON.
    var json: JSONValue { (try? JSON.decode(JSONValue.self, from: body)) ?? .null }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// A text inside: `reply["tokens", "access_token"]`.
    subscript(_ path: String...) -> String {
        get throws {
            let value = path.reduce(json) { $0[$1] ?? .null }
            guard case .string(let text) = value else {
                throw Unexpected("no text at \(path.joined(separator: ".")) of \(status) \(self.text)")
            }
            return text
        }
    }

    /// The members of the outermost object.
    var members: Set<String> { json.members }

    /// The rows of a list.
    var data: [JSONValue] { json["data"]?.elements ?? [] }

    /// Holds the status to what is pinned, and passes the answer on.
    @discardableResult
    func expect(_ status: Int, _ problem: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws -> Reply {
        try #require(self.status == status, "\(text.prefix(600))", sourceLocation: sourceLocation)
        if status >= 400 {
            #expect(headers["content-type"]?.hasPrefix("application/problem+json") == true, sourceLocation: sourceLocation)
            #expect(json["status"] == .int(status), sourceLocation: sourceLocation)
            #expect(json["title"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
        }
        if let problem { #expect(json["type"] == .string("/problems/\(problem)"), "\(text.prefix(600))", sourceLocation: sourceLocation) }
        return self
    }
}

struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

extension JSONValue {
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int? { if case .int(let number) = self { number } else { nil } }
    var members: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
}
