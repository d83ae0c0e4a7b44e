import AsyncHTTPClient
public import ContractKit
public import FieldEncryption
public import Foundation
public import Logging
import NIOCore
import NIOHTTP1
public import Postgres
public import ServiceKit
import ServiceLifecycle

/// Runs a service's endpoints in this process, on a free loopback port, over `database`; no reactions, no broker.
///
/// - Parameters:
///   - settings: What the service reads beyond the keys, which are made up for each call.
///   - masterKeys: In place of made-up ones.
public func withService<S: PalestraService, Result: Sendable>(
    _ service: S.Type, database: Database, settings: [String: String] = [:], masterKeys: KeyRing? = nil,
    limits: ServerLimits = ServerLimits(), _ body: @Sendable (ServiceUnderTest) async throws -> Result
) async throws -> Result {
    let keys = try await TestKeys.make()
    defer { keys.remove() }
    let logger = Logger(label: S.Contract.name) { JSONLogHandler(label: $0, level: .warning) }
    let all = Settings(keys.settings.merging(settings) { _, given in given })
    let context = ServiceContext(
        settings: all, database: database, keys: try masterKeys ?? KeyRing(file: all.string("MASTER_KEYS_FILE")), logger: logger)
    return try await withEndpoints(
        named: S.Contract.name, try S.build(context).endpoints, database: database, keys: keys, limits: limits, body)
}

/// The same over a lent database, as the service itself connects to it.
public func withService<S: PalestraService, Result: Sendable>(
    _ service: S.Type, database: TestDatabase, settings: [String: String] = [:], masterKeys: KeyRing? = nil,
    limits: ServerLimits = ServerLimits(), _ body: @Sendable (ServiceUnderTest) async throws -> Result
) async throws -> Result {
    try await withService(service, database: database.open(), settings: settings, masterKeys: masterKeys, limits: limits, body)
}

/// The same for endpoints that belong to no service, in tests of ServiceKit itself.
public func withEndpoints<Result: Sendable>(
    named name: String, _ endpoints: [Endpoint], database: Database, keys: TestKeys, limits: ServerLimits = ServerLimits(),
    now: @escaping @Sendable () -> Date = { Date() }, logger: Logger? = nil,
    _ body: @Sendable (ServiceUnderTest) async throws -> Result
) async throws -> Result {
    let logger = logger ?? Logger(label: name) { JSONLogHandler(label: $0, level: .warning) }
    let tokens = try await TokenVerifier(keysFile: keys.publicKeys, logger: logger)
    var configuration = ServiceServer.Configuration()
    configuration.limits = limits
    configuration.now = now
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = ServiceServer(
        service: name, endpoints: endpoints, database: database, tokens: tokens, configuration: configuration, logger: logger
    ) { port.yield($0) }
    let group = ServiceGroup(services: [server], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { port.finish() }
            try await group.run()
        }
        guard let number = await ports.first(where: { _ in true }) else { throw ServiceDidNotStart() }
        let service = ServiceUnderTest(port: number, database: database, tokens: tokens, keys: keys)
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(service)) } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try outcome.get()
    }
}

struct ServiceDidNotStart: Error {}

/// A service that runs for one test.
public struct ServiceUnderTest: Sendable {
    public let port: Int
    public let database: Database
    /// What the service checks tokens with: `tokens.ended` is its deny list.
    public let tokens: TokenVerifier
    public let keys: TestKeys

    public var url: String { "http://127.0.0.1:\(port)" }

    /// An access token as auth would sign it.
    public func token(
        roles: Set<Role> = [.owner], organization: OrganizationID, person: PersonID = PersonID(),
        session: LoginSessionID = LoginSessionID(), locations: [LocationID]? = nil, scope: String? = nil, issuedAt: Date = Date()
    ) async throws -> String {
        try await keys.token(
            AccessTokenClaims(
                personID: person, loginSessionID: session, organizationID: organization, roles: roles, locations: locations, scope: scope,
                issuedAt: issuedAt))
    }

    /// An access token of somebody who runs the installation, as auth would sign it.
    public func platformToken(
        admin: PlatformAdminID, session: LoginSessionID, hasSecondFactor: Bool = true, issuedAt: Date = Date()
    ) async throws -> String {
        try await keys.token(
            PlatformTokenClaims(
                adminID: admin, loginSessionID: session, hasSecondFactor: hasSecondFactor, issuedAt: issuedAt, lifetime: .seconds(300)))
    }

    /// Calls a declared operation. - Throws: the ``Problem`` that was answered.
    @discardableResult public func call<O: APIOperation>(
        _ operation: O, body: O.Body, token: String? = nil, idempotencyKey: String? = nil, ifMatch: String? = nil
    ) async throws -> O.Output {
        var headers: [String: String] = [:]
        headers["Authorization"] = token.map { "Bearer \($0)" }
        headers["Idempotency-Key"] = idempotencyKey
        headers["If-Match"] = ifMatch
        let sent = try O.encoded(body)
        headers["Content-Type"] = sent?.type
        let answer = try await request(O.route.method.rawValue, try operation.target(), headers: headers, body: sent?.bytes)
        guard answer.status == O.success else { throw try answer.problem }
        return try O.output(type: answer.headers["content-type"], bytes: answer.body)
    }

    @discardableResult public func call<O: APIOperation>(
        _ operation: O, token: String? = nil, idempotencyKey: String? = nil, ifMatch: String? = nil
    ) async throws -> O.Output where O.Body == NoBody {
        try await call(operation, body: NoBody(), token: token, idempotencyKey: idempotencyKey, ifMatch: ifMatch)
    }

    /// The path and query of a call.
    public static func path<O: APIOperation>(of operation: O) throws -> String { try operation.target() }

    /// Any request, as it is written here.
    public func request(
        _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:], body: Data? = nil
    ) async throws -> RawAnswer {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return RawAnswer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
            body: Data(bytes.readableBytesView))
    }

    /// The same with a JSON text as its body.
    public func request(
        _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:], json: String
    ) async throws -> RawAnswer {
        try await request(
            method, path, token: token, headers: ["Content-Type": "application/json"].merging(headers) { $1 }, body: Data(json.utf8))
    }
}

/// An answer as it came.
public struct RawAnswer: Sendable {
    public let status: Int
    /// By lower-case name.
    public let headers: [String: String]
    public let body: Data

    public func decoded<T: Decodable>(as type: T.Type = T.self) throws -> T { try JSON.decode(type, from: body) }
    public var problem: Problem {
        get throws { try JSON.decode(Problem.self, from: body) }
    }
    public var text: String { String(decoding: body, as: UTF8.self) }
}
