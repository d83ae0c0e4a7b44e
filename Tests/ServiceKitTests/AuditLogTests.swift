import ContractKit
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct AuditLogTests {
    private func entries(_ shop: ToyShop, _ query: ListAuditLog<ToyContract> = .init()) async throws -> [AuditEntry] {
        try await shop.service.call(query, token: shop.owner).data
    }

    @Test("S1-93, S3-46: the log of one record lists its changes in order, with old and new values, address and agent")
    func theLogOfOneRecordListsItsChanges() async throws {
        try await ToyShop.openAudited { shop in
            let toy = try await shop.make("Bear")
            _ = try await shop.make("Ball")
            let answer = try await shop.service.request(
                "PATCH", "/v1/toys/\(toy.id)", token: shop.owner,
                headers: ["X-Forwarded-For": "2001:db8::7", "User-Agent": "Palestra/1.0", "Request-Id": "the-request"],
                json: #"{"name": "Brown bear"}"#)
            #expect(answer.status == 200)
            try await shop.service.call(DeleteToy(toyID: toy.id), token: shop.owner)

            let found = try await entries(shop, .init(recordType: "toys", recordID: .init(rawValue: toy.id.rawValue)))
            #expect(found.map(\.action) == [.delete, .update, .create])
            #expect(found.map(\.by) == ["DeleteToy", "RenameToy", "CreateToy"])
            #expect(found.map(\.createdAt) == found.map(\.createdAt).sorted(by: >))
            let (made, renamed, gone) = (found[2], found[1], found[0])
            #expect(renamed.oldValues == ["name": "Bear", "version": 1] && renamed.newValues == ["name": "Brown bear", "version": 2])
            #expect(renamed.address == "2001:db8::7" && renamed.userAgent == "Palestra/1.0" && renamed.requestID == "the-request")
            // Its weight is given to the trigger as what is left out.
            #expect(made.oldValues == nil && made.newValues == ["toy_id": .string("\(toy.id)"), "name": "Bear", "version": 1])
            #expect(gone.newValues == nil && gone.oldValues?["name"] == "Brown bear")
            #expect(Set(found.map(\.actorID)) == [shop.person])
        }
    }

    @Test("S1-93: a service cannot change or empty its log, nor reach past its organization") func theLogIsAppendOnly() async throws {
        try await ToyShop.openAudited { shop in
            _ = try await shop.make("Bear")
            let (database, tenant) = (shop.lent.open(), Tenant(shop.organization))
            let month = try await shop.lent.sql("select 'billing.audit_log_' || to_char(now(), 'YYYY_MM')")
            let refused: [SQL] = [
                "update audit_log set by = 'nobody'", "delete from audit_log", "truncate audit_log", "drop table audit_log",
                "delete from audit_log_default", "update audit_seals set digest = previous", "insert into audit_seals default values",
                "alter table toys disable trigger audit", "select count(*) from \(SQL.identifier(String(month.dropFirst(8))))",
            ]
            for statement in refused {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.transaction(as: tenant) { tx in _ = try await tx.execute(statement) }
                }
                #expect(error?.sqlState == "42501", "\(statement.text)")
            }
            let other: Int = try await database.transaction(as: Tenant(OrganizationID())) { tx in
                try await tx.one("select count(*) from audit_log")
            }
            #expect(other == 0)
            #expect(try await shop.count("billing.audit_log") == "1")
        }
    }

    @Test("S1-94: each of the four actions is logged after the matching call, and none after a refused one")
    func eachActionIsLogged() async throws {
        try await ToyShop.openAudited { shop in
            let toy = try await shop.make("Bear")
            try await shop.service.call(LookAtToy(toyID: toy.id), token: shop.owner)
            try await shop.service.call(RenameToy(toyID: toy.id), body: .init(name: "Brown bear"), token: shop.owner)
            try await shop.service.call(DeleteToy(toyID: toy.id), token: shop.owner)
            #expect(try await entries(shop).map(\.action) == [.delete, .update, .read, .create])
            for _ in 0..<2 {
                let gone = await #expect(throws: Problem.self) { try await shop.service.call(LookAtToy(toyID: toy.id), token: shop.owner) }
                #expect(gone?.status == 404)
            }
            await #expect(throws: Problem.self) { try await shop.service.call(DeleteToy(toyID: toy.id), token: shop.owner) }
            #expect(try await entries(shop).count == 4)
        }
    }

    @Test("S1-97, S1-98: what is done with members' data, and what for, is logged, and other words are refused by name")
    func accessAndPurposeAreLogged() async throws {
        try await ToyShop.openAudited { shop in
            let toy = try await shop.make("Bear")
            func look(_ headers: [String: String], at operation: String = "look") async throws -> RawAnswer {
                try await shop.service.request("GET", "/v1/toys/\(toy.id)/\(operation)", token: shop.owner, headers: headers)
            }
            #expect(try await look([:]).status == 200)
            #expect(try await look(["Access-Kind": "print", "Access-Purpose": "treatment"]).status == 200)
            #expect(try await look(["Access-Purpose": "payment"], at: "export").status == 200)
            for (header, value) in [("Access-Purpose", "curiosity"), ("Access-Kind", "steal")] {
                let refused = try await look([header: value])
                #expect(refused.status == 422)
                #expect(try refused.problem.errors?.first?.pointer == header)
            }
            let seen = try await entries(shop, .init(action: .read))
            #expect(seen.map(\.access) == [.export, .print, .view])
            #expect(seen.map(\.purpose) == [.payment, .treatment, .operations])
            #expect(seen.allSatisfy { $0.recordType == "client_data" && $0.recordID.rawValue == shop.person.rawValue })
            #expect(seen.allSatisfy { $0.newValues == ["ids": [.string("\(toy.id)")]] })
        }
    }

    @Test("S4-57: the log is searched by person, record, action, access and time, and read to its end page by page")
    func theLogIsSearched() async throws {
        try await ToyShop.openAudited { shop in
            let bear = try await shop.make("Bear")
            let admin = PersonID()
            let token = try await shop.service.token(roles: [.admin], organization: shop.organization, person: admin)
            try await shop.service.call(RenameToy(toyID: bear.id), body: .init(name: "Brown bear"), token: token)
            try await shop.service.call(LookAtToy(toyID: bear.id), token: token)
            let all = try await entries(shop)
            #expect(all.count == 3)
            #expect(try await entries(shop, .init(actorID: admin)).map(\.action) == [.read, .update])
            #expect(try await entries(shop, .init(action: .update)).map(\.by) == ["RenameToy"])
            #expect(try await entries(shop, .init(accessKind: .view)).map(\.by) == ["LookAtToy"])
            #expect(try await entries(shop, .init(purpose: .treatment)).isEmpty)
            #expect(try await entries(shop, .init(recordType: "toys")).map(\.action) == [.update, .create])
            #expect(try await entries(shop, .init(recordType: "client_data", recordID: .init(rawValue: admin.rawValue))).count == 1)
            let bare = await #expect(throws: Problem.self) { try await entries(shop, .init(recordID: .init(rawValue: bear.id.rawValue))) }
            #expect(bare?.status == 422 && bare?.errors?.first?.pointer == "?record_type")

            // Rows of one moment, over the ends of pages.
            try await shop.lent.sql(
                """
                insert into billing.audit_log (organization_id, created_at, action, by, record_type, record_id)
                select '\(shop.organization)', timestamptz '2026-01-01' + make_interval(secs => n / 7), 'create', 'test-' || n, 'toys',
                    gen_random_uuid() from generate_series(0, 19) n
                """)
            let second = (Moment.date("2026-01-01T00:00:01Z"), Moment.date("2026-01-01T00:00:02Z"))
            #expect(try await entries(shop, .init(from: second.0, to: second.1)).map(\.by) == (7...13).reversed().map { "test-\($0)" })
            var (pages, cursor, read): (Int, Cursor?, [String]) = (0, nil, [])
            repeat {
                let page = try await shop.service.call(ListAuditLog<ToyContract>(limit: 3, cursor: cursor), token: shop.owner)
                read += page.data.map(\.by)
                (pages, cursor) = (pages + 1, page.nextCursor.flatMap { Cursor(rawValue: $0) })
            } while cursor != nil && pages < 50
            #expect(pages == 8)
            #expect(Array(read.dropFirst(3)) == (0...19).reversed().map { "test-\($0)" })
        }
    }

    @Test(arguments: [Role.trainer, .member]) func `Only owners and administrators read the log`(role: Role) async throws {
        try await ToyShop.openAudited { shop in
            let token = try await shop.service.token(roles: [role], organization: shop.organization)
            let refused = await #expect(throws: Problem.self) { try await shop.service.call(ListAuditLog<ToyContract>(), token: token) }
            #expect(refused?.status == 403)
        }
    }

    @Test func `Whatever a client calls itself and claims to be, its change is made and logged in bounds`() async throws {
        try await ToyShop.openAudited { shop in
            let toy = try await shop.make("Bear")
            let odd = ["X-Forwarded-For": "not an address", "User-Agent": String(repeating: "ü", count: 500) + "\t!"]
            let answer = try await shop.service.request(
                "PATCH", "/v1/toys/\(toy.id)", token: shop.owner, headers: odd, json: #"{"name": "Brown bear"}"#)
            #expect(answer.status == 200)
            let entry = try #require(try await entries(shop, .init(action: .update)).first)
            #expect(entry.address == nil)
            #expect((1...200).contains(entry.userAgent?.unicodeScalars.count ?? 0))
        }
    }

    @Test func `What a job and a reaction change has their name and nobody's`() async throws {
        try await ToyShop.openAudited { shop in
            let (database, organization) = (shop.lent.open(), shop.organization)
            let toy = try await shop.make("Bear")
            for origin in [Origin(by: "job:sweep"), Origin(by: "reaction:rename")] {
                try await database.transaction(as: Tenant(organization), from: origin) { tx in
                    _ = try await tx.execute("update toys set name = \(origin.by) where toy_id = \(toy.id)")
                }
            }
            // By hand, past every service.
            try await shop.lent.sql("delete from billing.toys")
            let hand = try await shop.lent.sql("select session_user")
            let found = try await entries(shop)
            #expect(found.map(\.by) == [hand, "reaction:rename", "job:sweep", "CreateToy"])
            #expect(found.map(\.actorID) == [nil, nil, nil, shop.person])
        }
    }

    @Test func `A change that comes to nothing is no row, and one that is rolled back none either`() async throws {
        try await ToyShop.openAudited { shop in
            let toy = try await shop.make("Bear")
            struct Change: Error {}
            let database = shop.lent.open()
            try await database.transaction(as: Tenant(shop.organization)) { tx in
                _ = try await tx.execute("update toys set weight = 4, name = name where toy_id = \(toy.id)")
            }
            await #expect(throws: Change.self) {
                try await database.transaction(as: Tenant(shop.organization)) { tx in
                    _ = try await tx.execute("delete from toys")
                    throw Change()
                }
            }
            #expect(try await entries(shop).count == 1)
        }
    }
}
