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

    @Test("S4-80: the operations are described") func theOperationsAreDescribed() async throws {
        try await withSystem { system in
            let document = try await Caller(system).get("/openapi.json").expect(200)
            #expect(document.json["openapi"]?.text?.hasPrefix("3.") == true)
            for operation in Self.contracts.flatMap({ $0.operations }) {
                let item = document.json["paths"]?[operation.route.path]
                #expect(item?[operation.route.method.rawValue.lowercased()] != nil, "\(operation.route)")
            }
        }
    }

    @Test func theEventsAreDescribed() async throws {
        try await withSystem { system in
            let document = try await Caller(system).get("/asyncapi.json").expect(200)
            #expect(document.json["asyncapi"]?.text?.hasPrefix("3.") == true)
            for event in Self.contracts.flatMap({ $0.events }) {
                #expect(
                    document.json["channels"]?[event.type] != nil && document.json["components"]?["messages"]?[event.type] != nil,
                    "\(event.type)")
            }
        }
    }

    @Test func pagesAnswer() async throws {
        try await withSystem { system in
            let caller = Caller(system)
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
