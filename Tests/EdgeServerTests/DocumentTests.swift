import AuthContract
import BillingContract
import ContractKit
import Foundation
import NIOHTTP1
import NotificationsContract
import SchedulingContract
import Testing
import WorkoutsContract

@testable import EdgeServer

@Suite(.serialized) struct DocumentTests {
    @Test func everyOperationEventAndProblemHasItsPlace() async throws {
        let contracts = Main.contracts + [ToyContract.self]
        try await withEdge([], contracts: contracts) { edge in
            let docs = try await edge.call(.GET, "/docs")
            #expect(docs.status == 200)
            #expect(docs.headers.first(name: "content-security-policy")?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
            #expect(!docs.body.contains("<script") && !docs.body.contains("src=") && !docs.body.contains("@import"))
            #expect(docs.body.contains("List the parts of a &lt;thing&gt;"))
            let api = try JSON.decode(JSONValue.self, from: Data(try await edge.call(.GET, "/openapi.json").body.utf8))
            let events = try JSON.decode(JSONValue.self, from: Data(try await edge.call(.GET, "/asyncapi.json").body.utf8))
            #expect(api["openapi"] == "3.1.0")
            #expect(events["asyncapi"] == "3.0.0")
            for operation in contracts.flatMap({ $0.operations }) {
                #expect(docs.body.contains("id=\"\(operation.name)\""), "\(operation.name)")
                #expect(docs.body.contains(HTML.escape(operation.route.path)), "\(operation.route)")
                #expect(api["paths"]?[operation.route.path]?[operation.route.method.rawValue.lowercased()] != nil)
            }
            for event in contracts.flatMap({ $0.events }) {
                #expect(docs.body.contains("id=\"event-\(event.type)\""))
                #expect(events["channels"]?[event.type] != nil)
            }
            // Every link within the page leads somewhere.
            let ids = Set(docs.body.matches(of: /id="([^"]+)"/).map { String($0.1) })
            for link in docs.body.matches(of: /href="#([^"]+)"/) { #expect(ids.contains(String(link.1)), "\(link.1)") }
            for kind in ProblemKind.shared + ProblemKind.edge + contracts.flatMap({ $0.operations }).flatMap({ $0.problems }) {
                let page = try await edge.call(.GET, kind.type)
                #expect(page.status == 200, "\(kind.type)")
                #expect(page.body.contains(HTML.escape(kind.title)))
            }
            #expect(try await edge.call(.GET, "/problems/nothing").status == 404)
            #expect(try await edge.call(.GET, "/").body.contains("/docs"))
        }
    }

    @Test func documentsAreSentOnceOnly() async throws {
        try await withEdge([]) { edge in
            let first = try await edge.call(.GET, "/openapi.json")
            let tag = try #require(first.headers.first(name: "etag"))
            let again = try await edge.call(.GET, "/openapi.json", [("If-None-Match", tag)])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let head = try await edge.call(.HEAD, "/docs")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }
}
