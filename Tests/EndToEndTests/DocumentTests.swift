import AuthContract
import BillingContract
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// What the edge says of the API.
@Suite struct DocumentTests {
    private static let contracts: [any ServiceContract.Type] = [
        AuthContract.self, SchedulingContract.self, WorkoutsContract.self, BillingContract.self, NotificationsContract.self,
    ]

    /// The edge makes all of them when the first is asked for; a debug build on a busy machine may take longer than it lets anybody wait.
    private func document(_ path: String, of system: PalestraSystem) async throws -> JSONValue {
        let answer = try await arrival(of: path) {
            let reply = try await Caller(system).get(path)
            return reply.status == 200 ? reply : nil
        }
        return answer.json
    }

    @Test("S4-80: the operations are described") func theOperationsAreDescribed() async throws {
        try await withSystem { system in
            let document = try await document("/openapi.json", of: system)
            #expect(document["openapi"]?.text?.hasPrefix("3.") == true)
            for operation in Self.contracts.flatMap({ $0.operations }) {
                let item = document["paths"]?[operation.route.path]
                #expect(item?[operation.route.method.rawValue.lowercased()] != nil, "\(operation.route)")
            }
        }
    }

    @Test func theEventsAreDescribed() async throws {
        try await withSystem { system in
            let document = try await document("/asyncapi.json", of: system)
            #expect(document["asyncapi"]?.text?.hasPrefix("3.") == true)
            for event in Self.contracts.flatMap({ $0.events }) {
                #expect(
                    document["channels"]?[event.type] != nil && document["components"]?["messages"]?[event.type] != nil,
                    "\(event.type)")
            }
        }
    }

    @Test func pagesAnswer() async throws {
        try await withSystem { system in
            let caller = Caller(system)
            _ = try await document("/openapi.json", of: system)
            let kinds = Set(ProblemKind.shared + Self.contracts.flatMap { $0.operations }.flatMap { $0.problems })
            for path in ["/", "/docs", "/docs/permissions", "/problems"] + kinds.map(\.type) {
                let page = try await caller.get(path).expect(200)
                #expect(page.headers["content-type"]?.hasPrefix("text/html") == true, "\(path)")
                #expect(page.headers["content-security-policy"] != nil, "\(path)")
            }
            try await caller.get("/problems/no-such-problem").expect(404)
            #expect(try await caller.get("/.well-known/jwks.json").expect(200).json["keys"]?.elements.count == 1)
        }
    }

    @Test func readinessNamesEveryService() async throws {
        try await withSystem { system in
            let ready = try await Caller(system).get("/readyz").expect(200)
            #expect(ready.json["status"] == "ready")
            #expect(ready.json["services"]?.members == Set(PalestraSystem.services))
            for service in PalestraSystem.services { #expect(ready.json["services"]?[service]?["status"] == "ready") }
            try await Caller(system).get("/livez").expect(200)
        }
    }
}
