import ContractKit
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct RefusalTests {
    @Test func `What the database refuses is told by its class and nothing else`() async throws {
        let id = UUID()
        let cases: [(statement: String, status: Int, kind: ProblemKind)] = [
            ("raise unique_violation using message = 'secret \(id)'", 409, .conflict),
            ("raise exclusion_violation using message = 'secret \(id)'", 409, .conflict),
            ("raise foreign_key_violation using message = 'secret \(id)'", 422, .validation),
            ("raise check_violation using message = 'secret \(id)'", 422, .validation),
            ("raise numeric_value_out_of_range using message = 'secret \(id)'", 422, .validation),
            ("raise exception 'secret \(id)'", 500, .internalError),
            ("perform secret_\(id.uuidString.prefix(8))()", 500, .internalError),
            ("raise insufficient_resources using message = 'secret \(id)'", 503, .unavailable),
            ("raise io_error using message = 'secret \(id)'", 503, .unavailable),
        ]
        try await ToyShop.open { (shop) async throws in
            for (statement, status, kind) in cases {
                let answer = try await shop.service.request(
                    "POST", "/v1/provocations", token: shop.owner, json: #"{"statement":"\#(statement)"}"#)
                #expect(answer.status == status, "\(statement): \(answer.text)")
                #expect(try answer.problem.isA(kind))
                #expect(!answer.text.contains("secret") && !answer.text.lowercased().contains("sql"))
                if status == 500 { #expect(answer.text.contains(try #require(answer.headers["request-id"]))) }
                if status == 503 { #expect(answer.headers["retry-after"] == "1") }
            }
        }
    }

    @Test func `A constraint that the service did not map is a conflict`() async throws {
        try await ToyShop.open { (shop) async throws in
            _ = try await shop.make("Ball")
            await #expect(throws: Problem(.conflict)) { try await shop.make("Ball") }
            #expect(try await shop.count() == "1")
        }
    }

    @Test func `A serialization failure runs the handler again`() async throws {
        let runs = Counter()
        let endpoint = Endpoint.handle(Flaky.self) { call, tx in
            if await runs.next() < 3 { try await tx.execute("do $$ begin raise serialization_failure; end $$") }
            return Flaky.Output(runs: await runs.count)
        }
        try await ToyShop.open([endpoint]) { (shop) async throws in
            let answer = try await shop.service.request("POST", "/v1/flaky", token: shop.owner)
            #expect(answer.status == 201)
            #expect(try answer.decoded(as: Flaky.Output.self).runs == 3)
        }
    }

    @Test func `A failure that does not pass ends as unavailable`() async throws {
        let runs = Counter()
        let endpoint = Endpoint.handle(Flaky.self) { call, tx in
            _ = await runs.next()
            try await tx.execute("do $$ begin raise deadlock_detected; end $$")
            return Flaky.Output(runs: 0)
        }
        try await ToyShop.open([endpoint]) { (shop) async throws in
            let answer = try await shop.service.request("POST", "/v1/flaky", token: shop.owner)
            #expect(answer.status == 503)
            #expect(await runs.count == 6)
        }
    }

    @Test func `Who waits in vain for a lock is told, and does not wait again`() async throws {
        let runs = Counter()
        let endpoint = Endpoint.handle(Flaky.self) { call, tx in
            let run = await runs.next()
            try await tx.execute("set local lock_timeout = 300")
            try await tx.execute("update toys set weight = 1")
            return Flaky.Output(runs: run)
        }
        try await ToyShop.open([endpoint]) { (shop) async throws in
            let answer = try await shop.lent.open().transaction { tx in
                try await tx.execute("lock table toys in access exclusive mode")
                return try await shop.service.request("POST", "/v1/flaky", token: shop.owner)
            }
            #expect(answer.status == 503 && answer.headers["retry-after"] == "1")
            #expect(try answer.problem.isA(.unavailable))
            #expect(await runs.count == 1)
            #expect(try await shop.service.request("POST", "/v1/flaky", token: shop.owner).status == 201)
        }
    }

    @Test func `A handler's error leaves nothing behind`() async throws {
        let endpoint = Endpoint.handle(Flaky.self) { call, tx in
            try await tx.execute(
                "insert into toys (organization_id, toy_id, name, weight) values (\(try call.caller.organizationID), \(ToyID()), 'Ghost', 1)"
            )
            throw Problem(.conflict, detail: "No", retryAfter: 7)
        }
        try await ToyShop.open([endpoint]) { (shop) async throws in
            let answer = try await shop.service.request("POST", "/v1/flaky", token: shop.owner)
            #expect(answer.status == 409 && answer.headers["retry-after"] == "7")
            #expect(try answer.problem.detail == "No")
            #expect(try await shop.count() == "0")
        }
    }

    struct Flaky: APIOperation {
        static let route = Route.post("/v1/flaky")
        static let summary = "Fail at times"
        static let access: Access = .signedIn
        struct Output: Codable, Sendable { var runs: Int }
    }

    actor Counter {
        var count = 0
        func next() -> Int {
            count += 1
            return count
        }
    }
}
