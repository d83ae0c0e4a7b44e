import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Row 134: a file of nothing but rows that are none must not cost the service much more than its own size.
@Suite struct ImportTests {
    @Test func `Row 134: an import of a hundred thousand rows that are none is answered in bounds`() async throws {
        try await withWorld { world in
            let rows = "[" + String(repeating: "0,", count: 100_000) + "0]"
            let reply = try await world.ours.gym.raw.post("/v1/exercises/import", text: rows).expect(422, "validation")
            #expect(reply.json["errors"]?.elements.first?["pointer"] == "#/2000")
            #expect(reply.body.count < 4096, "\(reply.body.count) bytes")
            let bad = "[" + String(repeating: "0,", count: 1999) + "0]"
            let named = try await world.ours.gym.raw.post("/v1/exercises/import", text: bad).expect(200)
            #expect(named.json["rejected"]?.elements.count == 2000)
        }
    }
}
