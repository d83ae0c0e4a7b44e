import ContractKit
import Foundation
import NIOHTTP1
import Testing

@testable import EdgeServer

/// The page of permissions, read as a browser would and held against the declarations.
@Suite struct PermissionsTests {
    /// The cells of each row by the row's heading; the columns by the nearest headings above it.
    private struct Table {
        var rows: [String: [String: String]] = [:]

        init(_ id: String, in page: String) throws {
            let start = try #require(page.range(of: "<table class=\"matrix\" aria-labelledby=\"\(id)\">"))
            let end = try #require(page[start.upperBound...].range(of: "</table>"))
            var columns: [String] = []
            for row in page[start.upperBound..<end.lowerBound].matches(of: /<tr>(.*?)<\/tr>/.dotMatchesNewlines()) {
                let heads = row.1.matches(of: /<th scope="col">(.*?)<\/th>/).map { String($0.1) }
                if !heads.isEmpty {
                    columns = heads
                    continue
                }
                let name = try #require(row.1.firstMatch(of: /<th scope="row">(.*?)<\/th>/.dotMatchesNewlines())?.1)
                let cells = row.1.matches(of: /<td class="([a-z]+)">([a-z]+)<\/td>/)
                #expect(cells.allSatisfy { $0.1 == $0.2 })
                try #require(cells.count == columns.count && rows[String(name)] == nil, "\(name)")
                rows[String(name)] = Dictionary(uniqueKeysWithValues: zip(columns, cells.map { String($0.2) }))
            }
        }
    }

    private static let contracts = Main.contracts + [ToyContract.self]

    private func page(_ body: (String) throws -> Void) async throws {
        try await withEdge([], contracts: Self.contracts) { edge in
            let reply = try await edge.call(.GET, "/docs/permissions")
            #expect(reply.status == 200)
            try body(reply.body)
        }
    }

    @Test func everyOperationSaysWhatEachRoleMay() async throws {
        try await page { page in
            let rows = try Table("operations", in: page).rows
            let operations = Self.contracts.flatMap { $0.operations }
            #expect(rows.count == operations.count)
            for operation in operations {
                let row = try #require(rows.first { $0.key.contains("href=\"/docs#\(operation.name)\"") }, "\(operation.name)")
                #expect(row.key.contains(" \(operation.route.path)<"), "\(operation.name)")
                #expect(row.key.contains("<em>fresh sign-in</em>") == operation.needsFreshSignIn, "\(operation.name)")
                #expect(row.value["stranger"] == (operation.access == .everyone ? "own" : "no"), "\(operation.name)")
                #expect(Set(row.value.keys) == Set(Role.allCases.map(\.rawValue) + ["stranger", "platform"]), "\(operation.name)")
                let platform = operation.access.isPlatform ? "all" : operation.access == .everyone ? "own" : "no"
                #expect(row.value["platform"] == platform, "\(operation.name)")
                for role in Role.allCases {
                    let scope = operation.access.scope(for: [role])
                    let expected = scope == nil ? "no" : scope == .organization ? "all" : "own"
                    #expect(row.value[role.rawValue] == expected, "\(operation.name) for \(role)")
                }
            }
            // So that a page that says the same of everyone is noticed.
            #expect(Set(rows.values.flatMap(\.values)) == ["no", "own", "all"])
        }
    }

    @Test func everyRoleSaysWhatItMay() async throws {
        try await page { page in
            let rows = try Table("permissions", in: page).rows
            #expect(Set(rows.keys) == Set(Permission.allCases.map { "<code>\($0.rawValue)</code>" }))
            for permission in Permission.allCases {
                let row = try #require(rows["<code>\(permission.rawValue)</code>"])
                let expected = Role.allCases.map { ($0.rawValue, $0.permissions.contains(permission) ? "yes" : "no") }
                #expect(row == Dictionary(uniqueKeysWithValues: expected), "\(permission.rawValue)")
            }
        }
    }

    @Test func itIsAPageLikeTheOthers() async throws {
        try await withEdge([], contracts: Self.contracts) { edge in
            let (page, docs) = (try await edge.call(.GET, "/docs/permissions"), try await edge.call(.GET, "/docs"))
            #expect(page.headers.first(name: "content-type") == "text/html; charset=utf-8")
            for name in ["content-security-policy", "cache-control", "referrer-policy", "x-frame-options", "permissions-policy"] {
                #expect(page.headers[name] == docs.headers[name] && !page.headers[name].isEmpty, "\(name)")
            }
            #expect(try await edge.call(.GET, "/docs/permissions", [("If-None-Match", page.headers["etag"].first ?? "")]).status == 304)
            #expect(try await edge.call(.POST, "/docs/permissions").status == 405)
            #expect(!page.body.contains("<script") && !page.body.contains("src=") && !page.body.contains("style=\""))
            #expect(page.body.contains("List the parts of a &lt;thing&gt;"))
            for start in ["/", "/docs"] {
                #expect(try await edge.call(.GET, start).body.contains("href=\"/docs/permissions\""), "\(start)")
            }
            // Its links lead to something on it, or on the page of operations.
            func ids(_ html: String) -> Set<String> { Set(html.matches(of: /id="([^"]+)"/).map { String($0.1) }) }
            for link in page.body.matches(of: /href="(\/docs)?#([^"]+)"/) {
                #expect((link.1 == nil ? ids(page.body) : ids(docs.body)).contains(String(link.2)), "\(link.0)")
            }
        }
    }
}
