import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Two organizations that attack each other, in the system that all suites share. Whoever changes what all see makes one of its own.
struct World: Sendable {
    let system: PalestraSystem
    let ours: Furnished
    let theirs: Furnished

    /// So many attack it at once: more would measure the crowd, and run into the edge's patience for no fault of anybody's.
    static let turns = Turns(8)

    static func shared() async throws -> World { try await making.value }
    private static let making = Task {
        let system = try await PalestraSystem.shared()
        async let ours = Furnished.make(on: system)
        async let theirs = Furnished.make(on: system)
        return World(system: system, ours: try await ours, theirs: try await theirs)
    }

    /// No input may get as far as an error of ours: what only PostgreSQL refuses is a rule that the contract lacks.
    func expectNoComplaints(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let complaints = try await LogWatch.shared.complaints(system)
        #expect(complaints.isEmpty, "\(complaints.prefix(3))", sourceLocation: sourceLocation)
    }

    /// By the edge, and by each service itself where it is one of theirs.
    func doors(of operation: Declared) throws -> [(name: String, caller: Caller)] {
        [("the edge", Caller(system)), (operation.service, Caller(port: try system.instance(operation.service).port))]
    }
}

/// Runs `body` over the shared world and says in the error what the processes logged.
func withWorld(_ body: (World) async throws -> Void) async throws {
    let world = try await World.shared()
    try await World.turns.take {
        try await explained(world.system) { _ in try await body(world) }
        try await world.expectNoComplaints()
    }
}

/// Texts that are new each time.
enum Fresh {
    static var word: String { UUID().uuidString.lowercased().replacing("-", with: "") }
    static var email: String { "a\(word)@attack.example" }
    /// An address of a client, for the few calls that are counted by it: past the edge, which would not believe it.
    static var address: String { "2001:db8:\((0..<4).map { _ in String(Int.random(in: 0...65535), radix: 16) }.joined(separator: ":"))::" }
}

extension Declared {
    /// A body that is valid in `world`, as far as its schema and its ids go.
    func validBody(_ world: Furnished) -> JSONValue? { body.map { Self.fill($0, "", world) } }

    private static func fill(_ value: JSONValue, _ name: String, _ world: Furnished) -> JSONValue {
        switch value {
        case .object(let members): return .object(Dictionary(uniqueKeysWithValues: members.map { ($0, fill($1, $0, world)) }))
        case .array(let elements): return .array(elements.map { fill($0, name, world) })
        default:
            if let id = world.id(name) { return .string(id) }
            return switch name {
            case "email": .string(Fresh.email)
            case "slug": .string("s\(Fresh.word)")
            case "domain": .string("d\(Fresh.word).example")
            case "name", "full_name", "id": .string("Attack \(Fresh.word)")
            // Far enough apart for one trainer.
            case "starts_at":
                .string(Moment.text(Date(timeIntervalSince1970: 1_900_000_000 + Double(Int.random(in: 0..<50_000) * 86_400 / 16))))
            case "parent_id": .string(world.id("location_id") ?? "")
            // There is one already.
            case "is_headquarters": .bool(false)
            case "amount": .int(100)
            case "set_number": .int(Int.random(in: 1...90))
            default: value
            }
        }
    }

    /// Sends it. What counts wrong passwords by the client's address goes past the edge, each time from another one.
    func send(
        _ world: World, _ target: String, text: String?, token: String?, headers: [String: String] = [:]
    ) async throws -> Reply {
        var (caller, headers) = (Caller(world.system, token: token), headers)
        if ["Login", "CompleteLogin", "AcceptInvitation", "ForgotPassword", "ChangePassword", "ChangeEmail", "PlatformLogin"].contains(name)
        {
            caller = Caller(port: try world.system.instance("auth").port)
            caller.token = token
            headers["X-Forwarded-For"] = Fresh.address
        }
        // What changes how somebody signs in is asked by somebody of its own.
        if ["ChangePassword", "ChangeEmail"].contains(name), token == world.ours.gym.tokens.accessToken {
            caller.token = try await world.ours.gym.member().tokens.accessToken
        }
        if text == nil, let file { return try await caller.send(file, to: target, method) }
        return try await caller.post(target, text: text, headers: headers, method: method)
    }
}

extension Caller {
    /// Asks for something, with a body that would do.
    func ask(_ operation: Declared, _ target: String, for world: Furnished) async throws -> Reply {
        if let file = operation.file { return try await send(file, to: target, operation.method) }
        return try await post(target, text: operation.validBody(world)?.encoded, method: operation.method)
    }

    func send(_ file: FileContent, to target: String, _ method: String) async throws -> Reply {
        try await send(method, target, headers: ["Content-Type": file.type.rawValue], body: file.bytes)
    }
}

extension JSONValue {
    var encoded: String { (try? JSON.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}

/// What no answer may ever show: words of the machinery, whatever was asked.
func leaks(_ reply: Reply) -> [String] {
    // As bytes: Foundation's search in texts is a third of what these tests would do.
    let text = Data(reply.text.lowercased().utf8)
    return [
        "syntax error", "sqlstate", "pg_catalog", "relation \"", "column \"", "libpq", ".swift", "fatal error", "/.build/", "/home/",
        "decodingerror",
    ]
    .filter { text.range(of: Data($0.utf8)) != nil }
}

/// Holds an answer to what any attack may get: no failure of ours, and refusals as problems.
func expectClean(_ reply: Reply, _ what: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(reply.status < 500, "\(what()): \(reply.status) \(reply.text.prefix(300))", sourceLocation: sourceLocation)
    #expect(leaks(reply).isEmpty, "\(what()) shows \(leaks(reply)): \(reply.text.prefix(300))", sourceLocation: sourceLocation)
    guard reply.status >= 400 else { return }
    #expect(
        reply.headers["content-type"] == "application/problem+json" && reply.json["type"]?.text?.hasPrefix("/problems/") == true,
        "\(what()): \(reply.status) \(reply.text.prefix(300))", sourceLocation: sourceLocation)
}
