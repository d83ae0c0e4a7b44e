import ContractKit
import Foundation
import TestSupport
import Testing

@Suite struct ConditionTests {
    @Test func `A known version is not sent again`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            let first = try await shop.service.request("GET", "/v1/toys/\(toy.id)", token: shop.owner)
            #expect(first.headers["etag"] == "\"v1\"")
            for tag in ["\"v1\"", "W/\"v1\"", "\"x\", \"v1\"", "*"] {
                let again = try await shop.service.request("GET", "/v1/toys/\(toy.id)", token: shop.owner, headers: ["If-None-Match": tag])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == "\"v1\"", "\(tag)")
            }
            for tag in ["\"v2\"", "v1", "nonsense"] {
                #expect(
                    try await shop.service.request("GET", "/v1/toys/\(toy.id)", token: shop.owner, headers: ["If-None-Match": tag]).status
                        == 200)
            }
            #expect(try await shop.service.request("GET", "/v1/toys", token: shop.owner).headers["etag"] == nil)
        }
    }

    @Test func `A write that expects another version is refused`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            func rename(_ tag: String, _ name: String) async throws -> RawAnswer {
                try await shop.service.request(
                    "PATCH", "/v1/toys/\(toy.id)", token: shop.owner, headers: ["If-Match": tag], json: #"{"name":"\#(name)"}"#)
            }
            let first = try await rename("\"v1\"", "Bear")
            #expect(first.status == 200 && first.headers["etag"] == "\"v2\"")
            for tag in ["\"v1\"", "\"v3\"", "W/\"v2\"", "\"abc\"", "\"v-1\"", "\"v99999999999999999999\""] {
                let answer = try await rename(tag, "Bird")
                #expect(answer.status == 412, "\(tag)")
                #expect(try answer.problem.isA(.preconditionFailed))
            }
            for tag in ["v2", "\"", "\"v2\", \"v3\"", ""] { #expect(try await rename(tag, "Bird").status == 400, "\(tag)") }
            #expect(try await rename("*", "Boat").status == 200)
        }
    }

    @Test func `Of two writers with one version, one wins`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        try await shop.service.request(
                            "PATCH", "/v1/toys/\(toy.id)", token: shop.owner, headers: ["If-Match": "\"v1\""],
                            json: #"{"name":"Toy \#(index)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 412 }.count == 7)
        }
    }
}
