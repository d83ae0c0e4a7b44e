import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// All that a service holds of an organization, page by page.
@Suite struct OrganizationExportTests {
    private typealias Export = ExportOrganization<AuthContract>

    @Test("S1-97: an owner pages through every table, and each member is in the log as exported") func anOwnerPagesThroughEveryTable()
        async throws
    {
        try await withPapers { papers in
            let (auth, owner) = (papers.auth, papers.gym.owner)
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", token: owner)
            try await papers.upload(to: try await papers.add(number: "P-4711"))
            _ = try await Staff(auth, slug: "steel-temple").trainer("Elsie")
            for limit in [1, 3, 100] {
                var (rows, cursor): ([ExportedRow], Cursor?) = ([], nil)
                repeat {
                    let page = try await auth.call(Export(limit: PageLimit(rawValue: limit)!, cursor: cursor), token: owner)
                    #expect(page.data.count <= limit)
                    rows += page.data
                    cursor = page.nextCursor.map { Cursor(rawValue: $0)! }
                } while cursor != nil
                #expect(Set(rows.map { "\($0.table) \($0.row.rawValue)" }).count == rows.count, "nothing comes twice")
                for table in ["people", "member_profiles", "trainer_profiles", "trainer_documents", "files", "organizations", "tax_rates"] {
                    let stored = try await papers.database.sql(
                        "select count(*) from auth.\(table) where organization_id = '\(papers.gym.organization)'")
                    #expect("\(rows.filter { $0.table == table }.count)" == stored, "\(table)")
                }
                let names = rows.filter { $0.table == "people" }.compactMap { $0.row.rawValue["full_name"] }
                #expect(Set(names) == ["Olive Owner", "Tina", "Andy", "Mia Member"])
                #expect(rows.first { $0.table == "trainer_documents" }?.row.rawValue["number"] == "P-4711")
                #expect(rows.allSatisfy { $0.row.rawValue["wrapped"] == nil && $0.row.rawValue["email_index"] == nil })
                #expect(rows.allSatisfy { $0.row.rawValue["refresh_hash"] == nil && $0.table != "person_name_grams" })
            }
            let only = try await auth.call(Export(table: "people", limit: 100), token: owner)
            #expect(only.data.count == 4 && only.data.allSatisfy { $0.table == "people" } && only.nextCursor == nil)
            let seen = try await auth.call(
                ListAuditLog<AuthContract>(
                    recordType: "client_data", recordID: AuditRecordID(rawValue: mia.id.rawValue), accessKind: .export), token: owner
            ).data
            #expect(!seen.isEmpty && seen.allSatisfy { $0.by == "ExportAuthData" })
        }
    }

    @Test func itIsForTheOwnerAloneAndTakesNoMadeUpPlaces() async throws {
        try await withPapers { papers in
            let auth = papers.auth
            for token in [papers.admin, papers.tina.token] {
                #expect(try await problem { try await auth.call(Export(), token: token) }?.status == 403)
            }
            #expect(try await problem { try await auth.call(Export(table: "accounts"), token: papers.gym.owner) }?.status == 422)
            #expect(try await problem { try await auth.call(Export(table: "person_name_grams"), token: papers.gym.owner) }?.status == 422)
            let made = [
                Cursor("nowhere"), Cursor("people", "{"), Cursor("people", "[]"), Cursor("people", "7"),
                Cursor("people", #"{"person_id": "'; drop table people"}"#), Cursor("accounts", "{}"),
            ]
            for cursor in made {
                #expect(
                    try await problem { try await auth.call(Export(cursor: cursor), token: papers.gym.owner) }?.status == 422,
                    "\(cursor.parts)")
            }
            // Another organization's place shows nothing of it.
            let elsewhere = try await Staff(auth, slug: "steel-temple")
            let place = try await auth.call(Export(table: "people", limit: 1), token: papers.gym.owner).nextCursor
            let seen = try await auth.call(Export(table: "people", cursor: Cursor(rawValue: try #require(place))), token: elsewhere.owner)
            #expect(seen.data.allSatisfy { $0.row.rawValue["organization_id"] == .string("\(elsewhere.organization)") })
        }
    }
}
