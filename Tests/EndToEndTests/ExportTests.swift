import AuthContract
import Client
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// What is held of a person, gathered from every service into an archive.
@Suite struct ExportTests {
    /// Tables that hold somebody's id and of which nothing is handed out, as the services' lists say.
    private static let unexported = Set(
        PalestraSystem.services.flatMap { ["\($0)/outbox", "\($0)/idempotency_keys"] } + ["auth/person_name_grams", "auth/export_parts"])

    /// What others did with what is theirs: the log is its keepers', and they get what they did themselves.
    private static let ofOthers = ["audit_log.record_id", "audit_log.old_values", "audit_log.new_values"]

    @Test func everythingThatIsHeldOfThemIsInTheArchiveAndNothingElse() async throws {
        try await withSystem { system in
            let life = try await Life.lived(on: system)
            let (gym, member, mark) = (life.gym, life.member, life.words[0])
            let asked = try await member.client.call(ExportPerson(personID: member.id))
            let byStaff = try await gym.owner.call(ExportPerson(personID: member.id))
            #expect(asked.isOwn && !byStaff.isOwn)
            let done = try await finished(asked.id, member.client)
            #expect(done.archives == 1 && done.services.count == PalestraSystem.services.count)
            let files = try await unzipped(
                try await member.raw.get("/v1/exports/\(asked.id)/archive").expect(200).body)
            let archive = Archive(files: files)

            // Complete by the catalogue: wherever their id stands, there is a file.
            let held = Set(
                try await Traces(system).of(["\(member.id)"]).filter { !Self.ofOthers.contains(where: $0.hasSuffix) }.map { column in
                    let names = column.split(separator: ".")
                    return "\(names[0])/\(names[1])"
                })
            #expect(held.count > 15)
            #expect(held.subtracting(Self.unexported).subtracting(archive.tables) == [])
            // What they said, wherever they said it.
            let said = [
                "auth/people": [member.email, life.words[2], "Zebulon Quixote\(mark)"], "auth/own_profiles": ["biography-\(mark)"],
                "auth/member_profiles": ["phase-\(mark)", "motive-\(mark)", "1981-11-23", "Contact \(mark)", "metadata-\(mark)"],
                "auth/member_health": ["situation-\(mark)", "diagnosis-\(mark)"], "auth/accounts": [member.email, "zeb-\(mark)"],
                "notifications/people": [member.email, "Zebulon Quixote\(mark)"], "workouts/sets": ["60000"],
                "billing/payments": ["5600", "cash"],
            ]
            for (table, words) in said {
                for word in words { #expect(archive.text(of: table).contains(word), "\(table): \(word)") }
            }
            let counts = [
                "scheduling/bookings": 3, "workouts/workouts": 2, "workouts/sets": 1, "billing/invoices": 2, "billing/invoice_lines": 2,
                "billing/payments": 1, "billing/invoice_taxes": 2, "auth/files": 1,
            ]
            for (table, count) in counts { #expect(try archive.rows(of: table).count == count, "\(table)") }
            #expect(try archive.rows(of: "notifications/notifications").count > 4)
            #expect(files.filter { $0.key.hasPrefix("files/") }.map(\.value) == [SampleFiles.png().bytes])
            // Nobody else's, and no secret.
            let everything = files.values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            for other in ["Olaf", life.other.email, gym.ownerEmail, "Tina Trainer"] { #expect(!everything.contains(other), "\(other)") }
            let secrets = try await system.servers.sql(
                """
                select password_hash || '|' || encode(a.email_index, 'hex') || '|' || encode(refresh_hash, 'hex')
                from auth.people p join auth.accounts a using (account_id) join auth.login_sessions s using (organization_id, person_id)
                where p.person_id = '\(member.id)'
                """
            ).split(whereSeparator: { $0 == "|" || $0 == "\n" }).map(String.init)
            #expect(secrets.count >= 3)
            for secret in secrets + [life.wrappedKey, Gym.password] { #expect(!everything.contains(secret)) }

            // Staff have it without the account, and not what the person asked for.
            _ = try await finished(byStaff.id, gym.owner)
            let theirs = Archive(files: try await unzipped(try await gym.raw.get("/v1/exports/\(byStaff.id)/archive").expect(200).body))
            #expect(theirs.text(of: "auth/member_health").contains("diagnosis-\(mark)") && theirs.text(of: "auth/accounts").isEmpty)
            try await gym.raw.get("/v1/exports/\(asked.id)/archive").expect(403)
            try await life.other.raw.get("/v1/exports/\(asked.id)/archive").expect(404)
        }
    }

    @Test func anOwnerPagesThroughEverythingOfTheirOrganization() async throws {
        try await withSystem { system in
            let life = try await Life.lived(on: system)
            let (gym, mark) = (life.gym, life.words[0])
            // As many rows as there are, of every table whose rows are an organization's. What happened is still spreading at first.
            var found: [String: [JSONValue]] = [:]
            try await eventually("what is handed out is what is there") {
                found = try await exported(gym)
                let there = try await counts(gym)
                let differing = there.filter { table, rows in rows != found[table]?.count ?? 0 }.keys.sorted()
                guard there.count > 40, differing.isEmpty else { throw TestSupportError("\(there.count) tables, not \(differing)") }
                return true
            }
            let everything = String(decoding: try JSON.encode(JSONValue.array(found.values.flatMap(\.self))), as: UTF8.self)
            for word in life.words + ["diagnosis-\(mark)", life.other.email, "Olaf Other"] { #expect(everything.contains(word), "\(word)") }
            #expect(!everything.contains(life.wrappedKey) && !everything.contains("secret_hash"))
            for caller in [life.member.raw, Caller(system)] {
                #expect([401, 403].contains(try await caller.get("/v1/organization/export/billing").status))
            }
            let elsewhere = try await Gym.signUp(on: system)
            #expect(try await !elsewhere.raw.get("/v1/organization/export/billing?table=invoices").expect(200).text.contains(mark))
        }
    }

    /// The rows of every table of an organization, page by page.
    private func exported(_ gym: Gym) async throws -> [String: [JSONValue]] {
        var found: [String: [JSONValue]] = [:]
        for service in PalestraSystem.services {
            var cursor: String? = ""
            while let place = cursor {
                let page = try await gym.raw.get(
                    "/v1/organization/export/\(service)?limit=50\(place.isEmpty ? "" : "&cursor=\(place)")"
                )
                .expect(200)
                for row in page.data {
                    guard case .string(let table)? = row["table"], let values = row["row"] else { continue }
                    found["\(service).\(table)", default: []].append(values)
                }
                if case .string(let next)? = page.json["next_cursor"] { cursor = next } else { cursor = nil }
            }
        }
        return found
    }

    /// How many rows each table has of an organization.
    private func counts(_ gym: Gym) async throws -> [String: Int] {
        let tables = try await gym.system.servers.sql(
            """
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
                and n.nspname in (\(PalestraSystem.services.map { "'\($0)'" }.joined(separator: ", ")))
            """
        ).split(separator: "\n").map(String.init).filter { !Self.counting.contains(where: $0.hasSuffix) }
        let looks = tables.map { "select '\($0)', count(*) from \($0) where organization_id = '\(gym.organizationID)'" }
        let rows = try await gym.system.servers.sql(looks.joined(separator: " union all ")).split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in (String(row.prefix { $0 != "|" }), Int(row.drop { $0 != "|" }.dropFirst()) ?? -1) })
    }

    /// What grows while it is read, and what says nothing.
    private static let counting = [".audit_log", ".login_sessions", ".person_name_grams", ".export_parts"]

    private func finished(_ id: ExportID, _ client: PalestraClient) async throws -> Export {
        try await arrival(of: "the archive") {
            let export = try await client.call(GetExport(exportID: id))
            return export.finishedAt == nil ? nil : export
        }
    }
}

private struct Archive {
    var files: [String: Data]

    /// `auth/people`
    var tables: Set<String> { Set(files.keys.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }) }
    func text(of table: String) -> String { String(decoding: files["\(table).json"] ?? Data(), as: UTF8.self) }
    func rows(of table: String) throws -> [JSONValue] { try JSON.decode([JSONValue].self, from: files["\(table).json"] ?? Data("[]".utf8)) }
}
