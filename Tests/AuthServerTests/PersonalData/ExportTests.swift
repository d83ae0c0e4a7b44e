import AuthContract
import BillingContract
import ContractKit
import FieldEncryption
import FileStore
import Foundation
import Logging
import NotificationsContract
import Postgres
import SchedulingContract
import ServiceKit
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer

/// Who may have what is held of whom, and what auth makes of what the services send. That it is everything is in EndToEndTests.
@Suite struct ExportTests {
    private struct World: Sendable {
        let papers: Papers
        let parts: AuthParts
        let mia: Person
        let hers: String

        init(_ papers: Papers) async throws {
            self.papers = papers
            parts = try AuthParts(
                ServiceContext(
                    settings: Settings(papers.auth.keys.settings), database: papers.auth.database, keys: try papers.auth.keys.ring(),
                    logger: Logger(label: "export")))
            mia = try await papers.auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: papers.gym.owner)
            hers = try await papers.auth.login("mia@example.com").accessToken
        }

        var auth: ServiceUnderTest { papers.auth }
        var owner: String { papers.gym.owner }

        func ask(_ person: PersonID? = nil, by token: String? = nil) async throws -> Export {
            try await auth.call(ExportPerson(personID: person ?? mia.id), token: token ?? owner)
        }

        func get(_ export: Export, by token: String? = nil) async throws -> Export {
            try await auth.call(GetExport(exportID: export.id), token: token ?? owner)
        }

        func archive(_ export: Export, by token: String? = nil) async throws -> [String: Data] {
            let file = try await auth.call(DownloadExport(exportID: export.id), token: token ?? owner)
            #expect(file.type == .zip)
            return try await unzipped(file.bytes)
        }

        /// What auth would hear of its own event.
        func gather(_ export: Export) async throws {
            try await auth.hear(
                OnExportRequested(parts: parts),
                ExportRequested(organizationID: papers.gym.organization, exportID: export.id, personID: export.personID))
        }

        func send<S: ServiceContract>(
            _ service: S.Type, _ export: Export, number: Int = 1, isLast: Bool = true, _ content: String = ""
        ) async throws {
            let sealed = try parts.ring.seal(content, context: PersonExported<S>.context(export.id, number))
            try await auth.hear(
                OnPersonExported<S>(exports: parts.exports, ring: parts.ring),
                PersonExported<S>(
                    organizationID: papers.gym.organization, exportID: export.id, personID: export.personID, number: number,
                    isLast: isLast, content: sealed))
        }

        /// Everything arrives.
        func answer(_ export: Export) async throws {
            try await gather(export)
            try await send(SchedulingContract.self, export, "bookings {\"id\": \"b1\"}\n")
            try await send(WorkoutsContract.self, export)
            try await send(BillingContract.self, export)
            try await send(NotificationsContract.self, export)
        }

        func work() async throws { try await papers.again(.dueExports(parts.exports, parts.files)) }
    }

    private func contents(_ table: String, of files: [String: Data]) throws -> [JSONValue] {
        try JSON.decode([JSONValue].self, from: try #require(files["\(table).json"], "\(table)"))
    }

    private func withWorld(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
        try await withPapers { try await body(try await World($0)) }
    }

    @Test func staffAskForAnybodyAndEverybodyForThemselves() async throws {
        try await withWorld { world in
            let (auth, papers, mia) = (world.auth, world.papers, world.mia)
            let bob = try await auth.addMember("Bob", email: "bob@example.com", password: ServiceUnderTest.password, token: world.owner)
            let his = try await auth.login("bob@example.com").accessToken
            let elsewhere = try await Staff(auth, slug: "steel-temple").owner
            for token in [his, papers.tina.token, elsewhere] {
                #expect(try await problem { try await world.ask(by: token) }?.status == 404)
            }
            #expect(try await problem { try await world.ask(PersonID()) }?.status == 404)
            let asked = try await world.ask()
            #expect(!asked.isOwn && asked.finishedAt == nil && asked.archives == 0 && asked.services.allSatisfy { !$0.isGathered })
            #expect(abs(asked.expiresAt.timeIntervalSince(asked.createdAt) - 7 * 86_400) < 1)
            // One is under way at a time, and the person's own is another.
            #expect(try await world.ask() == asked)
            #expect(try await world.ask(by: papers.admin) == asked)
            let own = try await world.ask(by: world.hers)
            #expect(own.isOwn && own.id != asked.id && own.requestedBy == mia.id)
            #expect(try await papers.database.said(ExportRequested.self).map(\.exportID) == [asked.id, own.id])

            for token in [his, papers.tina.token, elsewhere] {
                #expect(try await problem { try await world.get(asked, by: token) }?.status == 404)
                #expect(try await problem { try await world.archive(asked, by: token) }?.status == 404)
                #expect(try await auth.call(ListExports(), token: token).data == [])
            }
            #expect(try await auth.call(ListExports(), token: world.owner).data.map(\.id) == [own.id, asked.id])
            #expect(try await auth.call(ListExports(), token: world.hers).data.map(\.id) == [own.id, asked.id])
            #expect(try await auth.call(ListExports(limit: 1), token: papers.admin).data.map(\.id) == [own.id])
            #expect(try await problem { try await world.archive(asked) }?.isA(.exportNotFinished) == true)

            // Those who run the place are the owner's to ask for, and their own.
            let me = try await auth.call(GetMe(), token: world.owner).person.id
            #expect(try await problem { try await world.ask(me, by: papers.admin) }?.status == 403)
            let andy = try await world.ask(papers.adminID)
            #expect(try await problem { try await world.ask(papers.adminID, by: papers.admin) } == nil)
            #expect(andy.personID == papers.adminID)
            // What is held of somebody who was removed is still held.
            try await auth.call(DeleteMember(memberID: bob.id), token: world.owner)
            #expect(try await world.ask(bob.id).personID == bob.id)
        }
    }

    @Test func whatADuplicateLeftIsInTheArchiveOfWhoWasKept() async throws {
        try await withWorld { world in
            let auth = world.auth
            try await auth.call(UploadPhoto(personID: world.mia.id), body: SampleFiles.png(), token: world.hers)
            let kept = try await auth.addMember("Mia Miller", token: world.owner)
            _ = try await auth.call(MergePeople(personID: kept.id), body: .init(duplicateID: world.mia.id), token: world.owner)
            let asked = try await world.ask(kept.id)
            try await world.answer(asked)
            try await world.work()
            let files = try await world.archive(asked)
            let photo = try contents("auth/person_photos", of: files)
            guard case .string(let id)? = photo.first?["file_id"] else { throw TestSupportError("no photo") }
            #expect(files["files/\(id).png"] == SampleFiles.png().bytes)
        }
    }

    @Test("S1-97: an archive is made when the last part is there, and fetching it is logged as an export")
    func anArchiveIsMadeWhenTheLastPartIsThere() async throws {
        try await withWorld { world in
            let (auth, database) = (world.auth, world.papers.database)
            try await auth.call(UploadPhoto(personID: world.mia.id), body: SampleFiles.png(), token: world.hers)
            let asked = try await world.ask()
            try await world.gather(asked)
            try await world.send(WorkoutsContract.self, asked)
            // Parts come in any order, and more than once.
            try await world.send(SchedulingContract.self, asked, number: 2, " \"b1\"}\nbookings {\"id\": \"b2\"}\n")
            try await world.send(SchedulingContract.self, asked, number: 2, " \"b1\"}\nbookings {\"id\": \"b2\"}\n")
            try await world.send(BillingContract.self, asked)
            try await world.send(NotificationsContract.self, asked)
            try await world.work()
            let open = try await world.get(asked)
            #expect(open.finishedAt == nil && open.services.filter { !$0.isGathered }.map(\.service) == [.scheduling])
            let sealed = try await database.sql("select string_agg(encode(content, 'escape'), '') from auth.export_parts")
            // What is long enough not to come up in random bytes by itself.
            #expect(!sealed.contains("\"id\":") && !sealed.contains("bookings {"))
            try await world.send(SchedulingContract.self, asked, number: 1, isLast: false, "bookings {\"id\":")
            try await world.work()

            let done = try await world.get(asked)
            let finished = try #require(done.finishedAt)
            #expect(done.archives == 1 && done.services.allSatisfy(\.isGathered))
            #expect(abs(done.expiresAt.timeIntervalSince(finished) - 7 * 86_400) < 1)
            #expect(try await database.sql("select count(*) from auth.export_parts") == "0")
            let files = try await world.archive(asked)
            #expect(
                try contents("scheduling/bookings", of: files) == [["id": "b1"], ["id": "b2"]])
            let people = try contents("auth/people", of: files)
            #expect(people.count == 1 && people.first?["full_name"] == "Mia Member" && people.first?["email"] == "mia@example.com")
            let photo = try contents("auth/person_photos", of: files)
            guard case .string(let id)? = photo.first?["file_id"] else { throw TestSupportError("no photo") }
            #expect(files["files/\(id).png"] == SampleFiles.png().bytes)
            #expect(files["README.txt"] != nil && files["workouts/workouts.json"] == nil)
            // The account is the person's alone.
            #expect(files["auth/accounts.json"] == nil)
            // The person may have what staff asked for.
            #expect(try await world.archive(asked, by: world.hers) == files)
            #expect(
                try await problem { try await auth.call(DownloadExport(exportID: asked.id, number: 2), token: world.owner) }?.status == 404)
            let seen = try await auth.call(
                ListAuditLog<AuthContract>(
                    recordType: "client_data", recordID: AuditRecordID(rawValue: world.mia.id.rawValue), accessKind: .export),
                token: world.owner
            ).data
            #expect(seen.map(\.by) == ["DownloadExport", "DownloadExport"] && seen.first?.actorID == world.mia.id)
            // What is late changes nothing.
            try await world.answer(asked)
            #expect(try await database.sql("select count(*) from auth.export_parts") == "0")
            #expect(try await world.get(asked) == done)
            // And the next one is another.
            #expect(try await world.ask().id != asked.id)
        }
    }

    @Test func whatSomebodyAsksForThemselvesHasTheirAccountAndNoSecret() async throws {
        try await withWorld { world in
            let (auth, database) = (world.auth, world.papers.database)
            _ = try await auth.enrol(world.hers, database)
            let key = try await auth.call(
                CreateAPIKey(), body: .init(name: "Mine", scopes: [KeyScope(rawValue: "auth:read")!]), token: world.papers.admin)
            let own = try await world.ask(by: world.hers)
            try await world.answer(own)
            try await world.work()
            let files = try await world.archive(own, by: world.hers)
            let account = try contents("auth/accounts", of: files)
            #expect(account.map { $0["email"] } == ["mia@example.com"])
            #expect(files["auth/second_factors.json"] != nil && files["auth/recovery_codes.json"] != nil)
            let secrets = try await database.sql(
                """
                select a.password_hash || '|' || encode(a.email_index, 'hex') || '|' || encode(f.secret, 'hex') || '|' ||
                    encode(k.wrapped, 'hex') || '|' || encode(s.refresh_hash, 'hex') || '|' || encode(c.code_hash, 'hex')
                from auth.people p join auth.accounts a using (account_id) join auth.second_factors f using (account_id)
                join auth.recovery_codes c using (account_id) join auth.person_keys k using (organization_id, person_id)
                join auth.login_sessions s using (organization_id, person_id) where p.person_id = '\(world.mia.id)' limit 1
                """
            ).split(separator: "|").map(String.init)
            #expect(secrets.count == 6)
            let everything = files.values.map { String(decoding: $0, as: UTF8.self) }.joined()
            for secret in secrets { #expect(!everything.contains(secret)) }
            for other in ["Tina", "tina@example.com", "Olive"] { #expect(!everything.contains(other), "\(other)") }
            // Nobody else has it.
            for token in [world.owner, world.papers.admin] {
                #expect(try await problem { try await world.archive(own, by: token) }?.status == 403)
            }
            let admin = try await world.ask(world.papers.adminID, by: world.papers.admin)
            try await world.answer(admin)
            try await world.work()
            let theirs = try await world.archive(admin, by: world.papers.admin)
            let keys = try contents("auth/api_keys", of: theirs)
            #expect(keys.map { $0["api_key_id"] } == [.string("\(key.key.id)")] && keys.first?["secret_hash"] == nil)
        }
    }

    /// Of rows that are somebody else's, whoever is named in them gets the key and the column.
    @Test func whatSomebodyDecidedIsNotWhatOthersAre() async throws {
        try await withWorld { world in
            let papers = world.papers
            let document = try await papers.add(.identity, number: "P-4711")
            try await papers.upload(to: document)
            try await papers.settle(try #require(try await papers.list().first), .rejected, reason: "Blurred words", by: papers.admin)
            let (admin, tina) = (try await world.ask(papers.adminID), try await world.ask(papers.tina.id))
            for export in [admin, tina] { try await world.answer(export) }
            try await world.work()
            let decided = try await world.archive(admin)
            let rows = try contents("auth/trainer_documents", of: decided)
            #expect(
                rows == [
                    [
                        "organization_id": .string("\(papers.gym.organization)"), "document_id": .string("\(document.id)"),
                        "decided_by": .string("\(papers.adminID)"),
                    ]
                ])
            let own = try await world.archive(tina)
            let hers = try #require(try contents("auth/trainer_documents", of: own).first)
            #expect(hers["number"] == "P-4711" && hers["reason"] == "Blurred words" && hers["title"] == "Strength coach")
            #expect(own.keys.filter { $0.hasPrefix("files/") }.count == 1 && !decided.keys.contains { $0.hasPrefix("files/") })
        }
    }

    @Test func anExportIsThereForAWeekWhetherItWasFinishedOrNot() async throws {
        try await withWorld { world in
            let (auth, database) = (world.auth, world.papers.database)
            let (asked, open) = (try await world.ask(), try await world.ask(world.papers.tina.id))
            try await world.answer(asked)
            try await world.send(BillingContract.self, open)
            try await world.work()
            _ = try await world.archive(asked)
            try await database.sql(
                """
                update auth.exports set created_at = now() - interval '8 days', expires_at = now() - interval '1 second';
                update auth.due_exports set due_at = now() - interval '1 second'
                """)
            // Also before the job has come by.
            for export in [asked, open] {
                #expect(try await problem { try await world.get(export) }?.status == 404)
                #expect(try await problem { try await world.archive(export) }?.status == 404)
            }
            #expect(try await auth.call(ListExports(), token: world.owner).data == [])
            try await world.work()
            try await world.papers.tidy()
            #expect(try world.papers.objects() == [])
            for table in ["exports", "export_parts", "export_archives", "due_exports", "files", "loose_files"] {
                #expect(try await database.sql("select count(*) from auth.\(table)") == "0", "\(table)")
            }
            // What is late finds nothing.
            try await world.send(NotificationsContract.self, open)
            #expect(try await database.sql("select count(*) from auth.export_parts") == "0")
        }
    }

    @Test func anExportGoesWithItsPerson() async throws {
        try await withWorld { world in
            let (auth, database, tina) = (world.auth, world.papers.database, world.papers.tina)
            let (done, open) = (try await world.ask(), try await world.ask(tina.id))
            try await world.answer(done)
            try await world.work()
            try await world.gather(open)
            for person in [world.mia.id, tina.id] {
                let request = try await auth.call(ErasePerson(personID: person), token: world.owner)
                // At once, and not only when the services have done their part.
                #expect(try await problem { try await world.ask(person) }?.status == 404)
                for export in [done, open] where export.personID == person {
                    #expect(try await problem { try await world.get(export) }?.status == 404)
                    #expect(try await problem { try await world.archive(export) }?.status == 404)
                }
                try await auth.hear(
                    OnErasureRequested(parts: world.parts),
                    ErasureRequested(organizationID: world.papers.gym.organization, erasureRequestID: request.id, personID: person))
            }
            try await world.send(BillingContract.self, open)
            try await world.gather(open)
            try await database.sql("update auth.due_exports set due_at = now()")
            try await world.work()
            try await world.papers.tidy()
            #expect(try world.papers.objects() == [])
            for table in ["exports", "export_parts", "export_archives", "due_exports"] {
                #expect(try await database.sql("select count(*) from auth.\(table)") == "0", "\(table)")
            }
        }
    }

    /// Pages and parts: more rows than a page has, and more bytes than a part.
    @Test func whatIsLongComesInPartsThatAreCutAnywhere() async throws {
        try await withWorld { world in
            let database = world.papers.database
            let organization = world.papers.gym.organization
            try await database.sql(
                """
                insert into auth.audit_log (organization_id, action, actor_id, by, record_type, record_id, user_agent)
                select '\(organization)', 'read', '\(world.mia.id)', 'Look ' || n, 'client_data', gen_random_uuid(), repeat('世', 180)
                from generate_series(1, 1001) n
                """)
            let asked = try await world.ask()
            try await world.gather(asked)
            let parts = try await database.sql("select count(*), bool_or(is_last), max(number) from auth.export_parts").split(
                separator: "|")
            #expect(Int(parts[0])! > 3 && parts[0] == parts[2] && parts[1] == "t")
            try await world.answer(asked)
            try await world.work()
            let files = try await world.archive(asked)
            let rows = try contents("auth/audit_log", of: files)
            let looks = rows.compactMap { row -> String? in
                guard case .string(let by)? = row["by"], by.hasPrefix("Look ") else { return nil }
                return by
            }
            #expect(looks.count == 1001 && Set(looks).count == 1001)
            #expect(rows.allSatisfy { $0["old_values"] == nil && $0["new_values"] == nil && $0["actor_id"] == .string("\(world.mia.id)") })
        }
    }
}
