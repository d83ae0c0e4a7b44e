import AsyncHTTPClient
import ContractKit
import Crypto
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import TestSupport

@testable import EdgeServer

/// An edge over the toy contract on a free port, with the keys to sign tokens that it believes.
struct TestEdge: Sendable {
    let server: EdgeServer
    let inside: Edge
    let signer: TestSigner
    let ended: EndedSessions

    var port: Int { server.port }

    struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var body: String
        func problem() throws -> Problem { try JSON.decode(Problem.self, from: Data(body.utf8)) }
    }

    func call(
        _ method: HTTPMethod, _ path: String, token: String? = nil, body: String? = nil, _ fields: [(String, String)] = []
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }

    /// What so many calls of `/v1/notice`, one after the other, are answered with.
    func statuses(_ count: Int, _ method: HTTPMethod) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append(try await call(method, "/v1/notice", body: method == .GET ? nil : "{}").status) }
        return statuses
    }

    func raw(reads: Bool = true) async throws -> RawClient { try await RawClient(port, reads: reads) }
}

/// Runs `body` against a fresh edge, which is stopped afterwards.
func withEdge(
    _ upstreams: [String], contracts: [any ServiceContract.Type] = [ToyContract.self],
    accessLog: AccessLogWriter? = nil,
    _ configure: (inout EdgeConfiguration) -> Void = { _ in }, body: (TestEdge) async throws -> Void
) async throws {
    let signer = TestSigner()
    let ended = EndedSessions()
    var configuration = EdgeConfiguration()
    for contract in contracts { configuration.upstreams[contract.name] = upstreams.compactMap { EdgeConfiguration.Endpoint($0) } }
    configuration.times.drain = .seconds(2)
    configuration.rateLimit = 1_000_000
    configuration.anonymousRateLimit = 1_000_000
    configure(&configuration)
    var logger = Logger(label: "edge-tests")
    logger.logLevel = .error
    let edge = try Edge(
        configuration, contracts: contracts, keys: TokenKeys(jwks: signer.jwks), ended: ended, logger: logger, accessLog: accessLog)
    let server = try await EdgeServer.start(edge, threads: 2)
    do {
        try await body(TestEdge(server: server, inside: edge, signer: signer, ended: ended))
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}

/// Makes tokens, good ones and others.
struct TestSigner: Sendable {
    private let key = Curve25519.Signing.PrivateKey()

    var publicKey: Data { key.publicKey.rawRepresentation }
    var jwks: Data {
        Data(#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","use":"sig","alg":"EdDSA","x":"\#(Self.text(publicKey))"}]}"#.utf8)
    }

    static func text(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// A good token, but for what `claims` and `header` say otherwise (nil leaves a member out).
    func token(
        session: LoginSessionID = LoginSessionID(), person: PersonID = PersonID(), header: [String: JSONValue?] = [:],
        claims: [String: JSONValue?] = [:], now: Date = Date()
    ) throws -> String {
        let seconds = Int(now.timeIntervalSince1970)
        var head: [String: JSONValue] = ["alg": "EdDSA", "typ": "at+jwt", "kid": "k1"]
        var body: [String: JSONValue] = [
            "iss": "palestra", "aud": "palestra", "sub": .string("\(person)"), "sid": .string("\(session)"),
            "org": .string("\(OrganizationID())"), "roles": ["owner"], "iat": .int(seconds), "nbf": .int(seconds),
            "exp": .int(seconds + 300),
            "jti": .string(UUID().uuidString),
        ]
        for (name, value) in header { head[name] = value }
        for (name, value) in claims { body[name] = value }
        let signed = try "\(Self.text(JSONEncoder().encode(head))).\(Self.text(JSONEncoder().encode(body)))"
        return try "\(signed).\(Self.text(key.signature(for: Data(signed.utf8))))"
    }
}
