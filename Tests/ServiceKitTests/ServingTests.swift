import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct ServingTests {
    @Test func `A call does what it says`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            #expect(toy.name == "Ball" && toy.version == 1)
            #expect(try await shop.service.call(ListToys(), token: shop.owner).data == [toy])
            try await shop.service.call(DeleteToy(toyID: toy.id), token: shop.owner)
            await #expect(throws: Problem.notFound) { try await shop.service.call(GetToy(toyID: toy.id), token: shop.owner) }
        }
    }

    @Test func `Every answer has a request id, the edge's when it is one`() async throws {
        try await ToyShop.open { (shop) async throws in
            let given = try await shop.service.request("GET", "/v1/toys", token: shop.owner, headers: ["Request-Id": "edge_Id-1"])
            #expect(given.headers["request-id"] == "edge_Id-1")
            for id in ["", "a b", "a;b", String(repeating: "a", count: 65)] {
                let answer = try await shop.service.request("GET", "/v1/nothing", headers: ["Request-Id": id])
                #expect(UUID(uuidString: try #require(answer.headers["request-id"])) != nil)
            }
        }
    }

    @Test func `HEAD is GET without its body`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            let answer = try await shop.service.request("HEAD", "/v1/toys/\(toy.id)", token: shop.owner)
            #expect(answer.status == 200 && answer.body.isEmpty && answer.headers["etag"] == "\"v1\"")
        }
    }

    @Test func `A connection carries many requests, refusals among them`() async throws {
        try await ToyShop.open { (shop) async throws in
            let head = "Host: x\r\nContent-Type: application/json\r\n"
            let text = try await RawConnection.exchange(
                shop.service.port,
                "POST /v1/greetings HTTP/1.1\r\n\(head)Content-Length: 1\r\n\r\n{"
                    + "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                until: { $0.contains("alive") })
            #expect(text.hasPrefix("HTTP/1.1 400"))
            #expect(text.contains("HTTP/1.1 200"))
        }
    }

    @Test func `Health and metrics need no token`() async throws {
        try await ToyShop.open { (shop) async throws in
            _ = try await shop.make("Ball")
            #expect(try await shop.service.request("GET", "/livez").decoded(as: JSONValue.self) == ["status": "alive"])
            let ready = try await shop.service.request("GET", "/readyz")
            #expect(ready.status == 200)
            #expect(try ready.decoded(as: JSONValue.self) == ["status": "ready", "database": "reachable"])
            let metrics = try await shop.service.request("GET", "/metrics")
            #expect(metrics.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(metrics.text.contains(#"http_server_request_duration_seconds_count{method="POST",route="/v1/toys",status="2xx"} 1"#))
            #expect(!metrics.text.contains(shop.organization.description))
        }
    }

    @Test func `Without its database a service is alive and not ready`() async throws {
        try await ToyShop.open { (shop) async throws in
            await shop.service.database.close()
            #expect(try await shop.service.request("GET", "/livez").status == 200)
            let ready = try await shop.service.request("GET", "/readyz")
            #expect(ready.status == 503)
            #expect(try ready.decoded(as: JSONValue.self)["status"] == "unavailable")
            let answer = try await shop.service.request("GET", "/v1/toys", token: shop.owner)
            #expect(answer.status == 503 && answer.headers["retry-after"] == "1")
        }
    }

    /// The example of RFC 9110, 5.6.7.
    @Test func `The date of an answer is written as HTTP wants it`() {
        let date = HTTPDate()
        #expect(date.text(of: Date(timeIntervalSince1970: 784_111_777.9)) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(of: Date(timeIntervalSince1970: 784_111_778)) == "Sun, 06 Nov 1994 08:49:38 GMT")
        #expect(date.text(of: Date(timeIntervalSince1970: 1_772_359_200)) == "Sun, 01 Mar 2026 10:00:00 GMT")
    }
}
