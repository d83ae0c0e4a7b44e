import Client
import ContractKit
import Foundation
import Synchronization
import Testing

@Suite struct ClientTests {
    struct Save: APIOperation {
        static let route = Route.post("/v1/notes/{note_id}")
        static let summary = "Save a note"
        static let access: Access = .signedIn
        var noteID: Identifier<Save>
        struct Body: Codable, Sendable { var text: Line }
        struct Output: Codable, Sendable, Equatable { var savedAt: Date }
    }

    struct Show: APIOperation {
        static let route = Route.get("/v1/notes")
        static let summary = "Show notes"
        static let access: Access = .everyone
        var q: SearchText?
        typealias Output = Page<Line>
    }

    struct Clear: APIOperation {
        static let route = Route.delete("/v1/notes")
        static let summary = "Clear"
        static let access: Access = .signedIn
        typealias Output = NoContent
    }

    /// Answers from a list, and keeps what it was asked.
    final class Script: Transport {
        private let state: Mutex<(answers: [Result<TransportAnswer, TransportError>], requests: [TransportRequest], waits: [Duration])>
        init(_ answers: [Result<TransportAnswer, TransportError>]) { state = Mutex((answers, [], [])) }
        var requests: [TransportRequest] { state.withLock { $0.requests } }
        var waits: [Duration] { state.withLock { $0.waits } }
        func wait(_ duration: Duration) { state.withLock { $0.waits.append(duration) } }
        func send(_ request: TransportRequest) async throws -> TransportAnswer {
            try state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? .failure(TransportError(isPassing: false, "no more answers")) : state.answers.removeFirst()
            }.get()
        }
    }

    private let saved = TransportAnswer(status: 201, body: Data(#"{"saved_at":"2026-03-01T10:00:00Z"}"#.utf8))
    private let broken = TransportError(isPassing: true, "connection refused")

    private func refused(_ kind: ProblemKind, retryAfter: Int? = nil) throws -> TransportAnswer {
        TransportAnswer(
            status: kind.status, headers: retryAfter.map { ["retry-after": "\($0)"] } ?? [:], body: try JSON.encode(Problem(kind)))
    }

    private func client(_ script: Script, tokens: TokenStore? = nil) throws -> PalestraClient {
        var patience = PalestraClient.Patience()
        patience.wait = { script.wait($0) }
        return PalestraClient(
            baseURL: try #require(URL(string: "https://gym.example/")), transport: script, tokens: tokens, patience: patience)
    }

    @Test func `A call is the request that its declaration says`() async throws {
        let script = Script([
            .success(saved), .success(TransportAnswer(status: 200, body: Data(#"{"data":["a"],"next_cursor":null}"#.utf8))),
        ])
        let client = try client(script)
        let id = Identifier<Save>()
        let output = try await client.call(Save(noteID: id), body: .init(text: "Hello"), ifMatch: 3)
        #expect(output.savedAt == Date(timeIntervalSince1970: 1_772_359_200))
        #expect(try await client.call(Show(q: "a b")).data == ["a"])
        let requests = script.requests
        #expect(requests[0].url == "https://gym.example/v1/notes/\(id)" && requests[0].method == .post)
        #expect(requests[0].headers["If-Match"] == "\"v3\"" && requests[0].headers["Content-Type"] == "application/json")
        #expect(requests[0].body == Data(#"{"text":"Hello"}"#.utf8))
        #expect(UUID(uuidString: try #require(requests[0].headers["Idempotency-Key"])) != nil)
        #expect(requests[1].url == "https://gym.example/v1/notes?q=a%20b" && requests[1].headers["Idempotency-Key"] == nil)
    }

    @Test func `A repeat has the key of the first attempt`() async throws {
        let script = Script([
            .failure(broken), .success(try refused(.unavailable, retryAfter: 2)), .success(try refused(.idempotencyInProgress)),
            .success(saved),
        ])
        _ = try await client(script).call(Save(noteID: .init()), body: .init(text: "Hello"))
        #expect(script.requests.count == 4)
        #expect(Set(script.requests.map { $0.headers["Idempotency-Key"] }).count == 1)
        #expect(script.waits[1] == .seconds(2))
        #expect(script.waits.allSatisfy { $0 > .zero && $0 <= .seconds(10) })
    }

    @Test func `Patience ends`() async throws {
        let script = Script(Array(repeating: .success(try refused(.outcomeUnknown, retryAfter: 1)), count: 9))
        let error = await #expect(throws: Problem.self) { try await client(script).call(Save(noteID: .init()), body: .init(text: "Hello")) }
        #expect(error?.isA(.outcomeUnknown) == true && error?.retryAfter == 1)
        #expect(script.requests.count == 4)
    }

    @Test func `What a repeat cannot mend is not repeated`() async throws {
        for kind in [ProblemKind.validation, .notFound, .conflict, .forbidden, .internalError] {
            let script = Script([.success(try refused(kind))])
            await #expect(throws: Problem.self) { try await client(script).call(Clear()) }
            #expect(script.requests.count == 1)
        }
        let script = Script([.success(TransportAnswer(status: 502, body: Data("<html>".utf8)))])
        await #expect(throws: UnexpectedAnswer.self) { try await client(script).call(Show()) }
    }

    @Test func `A token that runs out is renewed once for all calls`() async throws {
        let renewals = Mutex(0)
        let now = Date()
        let tokens = TokenStore(Tokens(accessToken: "old", refreshToken: "r1", expiresAt: now.addingTimeInterval(5)), now: { now }) {
            spent in
            #expect(spent == "r1")
            renewals.withLock { $0 += 1 }
            await Task.yield()
            return Tokens(accessToken: "new", refreshToken: "r2", expiresAt: now.addingTimeInterval(300))
        }
        let script = Script(Array(repeating: .success(TransportAnswer(status: 204, body: Data())), count: 10))
        let client = try client(script, tokens: tokens)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await client.call(Clear()) } }
            try await group.waitForAll()
        }
        #expect(renewals.withLock { $0 } == 1)
        #expect(script.requests.allSatisfy { $0.headers["Authorization"] == "Bearer new" })
        #expect(await tokens.stored?.refreshToken == "r2")
    }

    @Test func `A token that is refused is renewed and the call repeated`() async throws {
        let tokens = TokenStore(Tokens(accessToken: "old", refreshToken: "r1", expiresAt: .distantFuture)) { _ in
            Tokens(accessToken: "new", refreshToken: "r2", expiresAt: .distantFuture)
        }
        let script = Script([.success(try refused(.unauthenticated)), .success(saved)])
        _ = try await client(script, tokens: tokens).call(Save(noteID: .init()), body: .init(text: "Hello"))
        #expect(script.requests.map { $0.headers["Authorization"] } == ["Bearer old", "Bearer new"])
        #expect(Set(script.requests.map { $0.headers["Idempotency-Key"] }).count == 1)
    }

    @Test func `Whoever is signed out gets the refusal`() async throws {
        let tokens = TokenStore(nil) { _ in throw TransportError(isPassing: false, "unused") }
        let script = Script([.success(try refused(.unauthenticated))])
        let error = await #expect(throws: Problem.self) { try await client(script, tokens: tokens).call(Clear()) }
        #expect(error?.isA(.unauthenticated) == true)
        #expect(script.requests.first?.headers["Authorization"] == nil)
    }
}
