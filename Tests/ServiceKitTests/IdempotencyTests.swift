import ContractKit
import Foundation
import Postgres
import ServiceKit
import Synchronization
import Postgres
import TestSupport
import Testing

@Suite struct IdempotencyTests {
    private let ball = #"{"name":"Ball","weight":3}"#

    @Test func `The same key and request replays the answer`() async throws {
        try await ToyShop.open { (shop) async throws in
            let first = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": "k-1"], json: ball)
            #expect(first.status == 201 && first.headers["idempotent-replayed"] == nil)
            for (key, body) in [("k-1", ball), ("\"k-1\"", ball), ("k-1", #"{ "weight": 3, "name": "Ball" }"#)] {
                let again = try await shop.service.request(
                    "POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": key], json: body)
                #expect(again.status == 201)
                #expect(again.body == first.body)
                #expect(again.headers["idempotent-replayed"] == "true")
                #expect(again.headers["etag"] == first.headers["etag"])
                #expect(again.headers["content-type"] == "application/json")
            }
            #expect(try await shop.count() == "1")
        }
    }

    @Test func `The same key with another request is refused`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball", key: "k-1")
            let other = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": "k-1"], json: #"{"name":"Ball","weight":4}"#)
            #expect(other.status == 422)
            #expect(try other.problem.isA(.idempotencyMismatch))
            let elsewhere = try await shop.service.request(
                "DELETE", "/v1/toys/\(toy.id)", token: shop.owner, headers: ["Idempotency-Key": "k-1"])
            #expect(elsewhere.status == 422)
            #expect(try await shop.count() == "1")
        }
    }

    @Test func `A key belongs to one person`() async throws {
        try await ToyShop.open { (shop) async throws in
            _ = try await shop.make("Ball", key: "k-1")
            let colleague = try await shop.service.token(organization: shop.organization)
            let stranger = try await shop.service.token(organization: OrganizationID())
            for token in [colleague, stranger] {
                let answer = try await shop.service.request(
                    "POST", "/v1/toys", token: token, headers: ["Idempotency-Key": "k-1"], json: #"{"name":"Bear","weight":4}"#)
                #expect(answer.status == 201 && answer.headers["idempotent-replayed"] == nil)
            }
            #expect(try await shop.count() == "3")
        }
    }

    @Test func `A refusal is not remembered`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            let headers = ["Idempotency-Key": "k-1"]
            #expect(try await shop.service.request("POST", "/v1/toys", token: shop.owner, headers: headers, json: ball).status == 409)
            try await shop.service.call(DeleteToy(toyID: toy.id), token: shop.owner)
            #expect(try await shop.service.request("POST", "/v1/toys", token: shop.owner, headers: headers, json: ball).status == 201)
        }
    }

    @Test func `Twenty twins at once have one effect`() async throws {
        try await ToyShop.open { (shop) async throws in
            let answers = try await withThrowingTaskGroup(of: RawAnswer.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await shop.service.request(
                            "POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": "k-1"], json: ball)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try await shop.count() == "1")
            let done = answers.filter { $0.status == 201 }
            #expect(done.count >= 1 && Set(done.map(\.body)).count == 1)
            #expect(done.filter { $0.headers["idempotent-replayed"] == nil }.count == 1)
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(try answer.problem.isA(.idempotencyInProgress))
                #expect(answer.headers["retry-after"] == "1")
            }
            #expect(try await shop.make("Ball", key: "k-1") == done[0].decoded())
        }
    }

    @Test func `A twin that commits just before the key is taken is answered for`() async throws {
        try await ToyShop.open { (shop) async throws in
            // PostgreSQL's own function, with a gate before it for whoever comes first: after the statement's snapshot was taken.
            try await shop.lent.sql(
                """
                alter function pg_catalog.pg_try_advisory_xact_lock(bigint) rename to try_lock_at_once;
                create sequence billing.looks;
                create function billing.pg_try_advisory_xact_lock(bigint) returns boolean language plpgsql security definer as $$
                begin
                    if nextval('billing.looks') = 1 then perform pg_advisory_xact_lock(42); end if;
                    return try_lock_at_once($1);
                end $$
                """)
            let make: @Sendable () async throws -> RawAnswer = {
                try await shop.service.request("POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": "k-1"], json: ball)
            }
            let (late, first) = try await shop.lent.open().transaction(as: nil) { gate in
                _ = try await gate.execute("select pg_advisory_xact_lock(42)")
                let late = Task { try await make() }
                try await eventually {
                    try await shop.lent.sql("select count(*) from pg_locks where locktype = 'advisory' and not granted") == "1"
                }
                return (late, try await make())
            }
            let repeated = try await late.value
            #expect(first.status == 201 && first.headers["idempotent-replayed"] == nil)
            #expect(repeated.status == 201 && repeated.headers["idempotent-replayed"] == "true" && repeated.body == first.body)
            #expect(try await shop.count() == "1")
        }
    }

    @Test func `What was answered comes before a refusal that needs no statement`() async throws {
        let isLate = Mutex(false)
        let deadline = Endpoint.handle(Hurry.self) { call, tx in
            if isLate.withLock(\.self) { throw Problem(.badRequest, detail: "too late") }
            return NoContent()
        }
        try await ToyShop.open([deadline]) { (shop) async throws in
            let headers = ["Idempotency-Key": "k-1"]
            let first = try await shop.service.request("POST", "/v1/hurries", token: shop.owner, headers: headers)
            isLate.withLock { $0 = true }
            let again = try await shop.service.request("POST", "/v1/hurries", token: shop.owner, headers: headers)
            #expect(first.status == 204 && again.status == 204 && again.headers["idempotent-replayed"] == "true")
            #expect(try await shop.service.request("POST", "/v1/hurries", token: shop.owner).status == 400)
        }
    }

    @Test func `A call that everyone may make is remembered by its route`() async throws {
        try await ToyShop.open { (shop) async throws in
            let first = try await shop.service.request(
                "POST", "/v1/greetings", headers: ["Idempotency-Key": "k-1"], json: #"{"name":"Ada"}"#)
            let again = try await shop.service.request(
                "POST", "/v1/greetings", headers: ["Idempotency-Key": "k-1"], json: #"{"name":"Ada"}"#)
            #expect(first.status == 201 && again.body == first.body)
            let other = try await shop.service.request(
                "POST", "/v1/greetings", headers: ["Idempotency-Key": "k-1"], json: #"{"name":"Bob"}"#)
            #expect(other.status == 422)
        }
    }

    @Test func `What is remembered cannot be read from the database`() async throws {
        try await ToyShop.open { (shop) async throws in
            _ = try await shop.service.request("POST", "/v1/greetings", headers: ["Idempotency-Key": "k-secret"], json: #"{"name":"Ada"}"#)
            let rows = try await shop.lent.sql(
                "select key, convert_from(decode(replace(encode(response, 'hex'), '00', ''), 'hex'), 'latin1'), encode(fingerprint, 'hex') from billing.idempotency_keys"
            )
            #expect(!rows.isEmpty && !rows.contains("k-secret") && !rows.contains("Ada") && !rows.contains("token"))
        }
    }

    @Test(arguments: ["", "a b", "\"\"", "é", String(repeating: "k", count: 256), "\"a", "a\"b"])
    func `A key that is none is refused`(key: String) async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Idempotency-Key": key], json: ball)
            #expect(answer.status == 400)
            #expect(try await shop.count() == "0")
        }
    }

    @Test func `A key older than a day is free again`() async throws {
        try await ToyShop.open { (shop) async throws in
            let first = try await shop.make("Ball", key: "k-1")
            try await shop.lent.sql(
                "update billing.idempotency_keys set created_at = now() - interval '25 hours'; delete from billing.toys")
            let second = try await shop.make("Ball", key: "k-1")
            #expect(first.id != second.id)
            #expect(try await shop.count("billing.idempotency_keys") == "1")
        }
    }
}

private struct Hurry: APIOperation {
    static let route = Route.post("/v1/hurries")
    static let summary = "Be in time"
    static let access: Access = .signedIn
    typealias Output = NoContent
}
