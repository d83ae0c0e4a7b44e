import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 91, 96 to 107: texts with a meaning to somebody else, in every text of every body, every parameter and the fields of requests.
@Suite struct InjectionTests {
    /// What means something to SQL, shells, templates, pages, logs, mail, or to nobody. A text that made anybody sleep would be answered for
    /// by the edge, which waits thirty seconds.
    static let texts = [
        "' OR 1=1--", "'); DROP TABLE members;--", "$1", "$$", "\\x27", "%27", "';SELECT pg_sleep(60)--", "1;COMMIT;--", "\" or \"\"=\"",
        "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "<%= 7*7 %>", "<script>alert(1)</script>", "\"onload=\"x", "javascript:alert(1)",
        "%s%s%n", "`id`", "$(id)", "| id", "../../etc/passwd", "=cmd|' /C calc'!A0", "%", "_", "\\", "!!!&&(:*", "a\u{202E}b\u{200B}c",
        "e\(String(repeating: "\u{301}", count: 60))", "👩‍👩‍👧‍👦🏋️‍♀️", "ﷺ", "İıſK", "x\u{2028}y", "\u{85}", "\u{1B}[31m", "a\r\nBcc: x@y.example",
        "a\tb",
        "\u{0}", String(repeating: "a", count: 50_000) + "!", "null", "undefined", "NaN", "now", "infinity", "-1", "0x7f.1",
    ]

    /// Those that SQL, paths and log lines are broken with, for places that take no free text.
    static let sharp = [
        "' OR 1=1--", "'); DROP TABLE members;--", "$1", "\\x27", "%27", "';SELECT pg_sleep(60)--", "\" or \"\"=\"", "{{7*7}}", "%s%n", "%",
        "_", "\\",
        "!!!&&(:*", "../../etc/passwd", "\u{0}", "\u{1B}[31m", "a\r\nb", "\u{202E}", "e\u{301}", "İıſK", "null", "NaN", "infinity", "-1",
        "1e400",
        String(repeating: "9", count: 40), String(repeating: "a", count: 1500),
    ]

    @Test(arguments: Declared.withBody) func `Rows 91, 101, 106: any text in any member is kept as it is or refused`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            let token = operation.isOpen ? nil : world.ours.gym.tokens.accessToken
            var kept = 0
            for leaf in operation.body?.leaves ?? [] {
                guard case .string? = operation.body?[at: leaf] else { continue }
                for text in Self.texts {
                    var body = try #require(operation.validBody(world.ours))
                    body[at: leaf] = .string(text)
                    let reply = try await operation.send(world, operation.target(world.ours), text: body.encoded, token: token)
                    let what = "\(operation.name) \(leaf.joined(separator: ".")) = \(text.prefix(60).debugDescription)"
                    expectClean(reply, what)
                    guard reply.status < 300, leaf.count == 1, let stored = reply.json[leaf[0]]?.text else { continue }
                    kept += 1
                    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
                    #expect(Array(stored.utf8) == Array(trimmed.utf8), "\(what) came back as \(stored.debugDescription)")
                }
            }
            // Of what takes free texts, so that the comparison is one.
            if ["CreateMember", "CreateLocation", "CreateClassType", "CreateExercise"].contains(operation.name) { #expect(kept > 20) }
        }
    }

    @Test(arguments: Declared.ofOrganizations.filter { !$0.query.isEmpty })
    func `Rows 100 to 104: any text in any parameter of a query is a value or refused`(_ operation: Declared) async throws {
        // What needs no token says by its query whose it is, which is then nobody's; and nobody has asked for an export.
        var expected = operation.isOpen || operation.inPath.contains("export_id") ? [200, 400, 404, 422] : [200, 400, 422]
        if !operation.isOpen, operation.access.scope(for: [.owner]) == nil { expected = [400, 403] }
        let statuses = expected
        // What no operation knows, with one text each: another one for every operation.
        let place = Declared.ofOrganizations.firstIndex { $0.name == operation.name } ?? 0
        let unknown = ["sort", "fields", "include", "order_by", "filter[name]"].enumerated().map { index, name in
            (name, Self.sharp[(place * 5 + index) % Self.sharp.count])
        }
        try await withWorld { world in
            for (name, text) in operation.query.keys.sorted().flatMap({ name in Self.sharp.map { (name, $0) } }) + unknown {
                let reply = try await world.ours.gym.raw.get(operation.target(world.ours, [name: text]))
                let what = "\(operation.name) ?\(name)=\(text.prefix(60).debugDescription)"
                expectClean(reply, what)
                #expect(statuses.contains(reply.status), "\(what): \(reply.status)")
                for (what, id) in world.theirs.ids where reply.status == 200 {
                    #expect(!reply.text.contains(id), "shows their \(what)")
                }
            }
        }
    }

    @Test(arguments: Declared.byID) func `Rows 96, 101: any text in place of an id is not found`(_ operation: Declared) async throws {
        try await withWorld { world in
            let id = UUID.v7().lowercaseText
            let ids = [
                "0", "{\(id)}", "\(id)0", id.replacing("-", with: ""), "\(id)'--", " \(id)", "\(id)\n", "urn:uuid:\(id)",
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff", "null", "me", "*", "-1", "9223372036854775808",
            ]
            let token = try await world.ours.token(as: [.owner, .trainer, .member])
            for text in ids + Self.sharp {
                for name in operation.inPath {
                    let target = operation.path.replacing("{\(name)}", with: escaped(text))
                    let reply = try await operation.send(
                        world, target, text: operation.validBody(world.ours)?.encoded, token: token)
                    expectClean(reply, "\(operation.name) \(text.debugDescription)")
                    #expect([400, 404].contains(reply.status), "\(operation.name) \(text.debugDescription): \(reply.status)")
                }
            }
        }
    }

    @Test func `Row 101: any text in any field of a request is a value or refused`() async throws {
        try await withWorld { world in
            let names = [
                "User-Agent", "Idempotency-Key", "If-Match", "If-None-Match", "Request-Id", "traceparent", "tracestate", "Accept",
                "Accept-Language", "Accept-Encoding", "Range", "Referer", "Origin", "Cookie", "X-Forwarded-For", "Request-Timeout-Ms",
                "Via",
                "If-Modified-Since", "Prefer", "DNT",
            ]
            for name in names {
                for text in Self.sharp where text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
                    for (path, body) in [("/v1/me", nil), ("/v1/members", JSONValue.object(["full_name": "Field"]))] {
                        let reply = try await world.ours.gym.raw.post(
                            path, body, headers: [name: text], method: body == nil ? "GET" : "POST")
                        expectClean(reply, "\(name): \(text.debugDescription)")
                    }
                }
            }
        }
    }

    @Test func `Row 103: wildcards in a search are letters`() async throws {
        try await withWorld { world in
            let gym = try await Gym.signUp(on: world.system)
            for name in ["Percy Percent", "Una Underscore"] {
                _ = try await gym.raw.post("/v1/members", ["full_name": .string(name)]).expect(201)
            }
            for text in ["%", "_", "%%%%", "______", "\\", "%' or '1'='1"] {
                let reply = try await gym.raw.get("/v1/members?query=\(escaped(text))").expect(200)
                #expect(reply.data.isEmpty, "\(text): \(reply.text.prefix(300))")
            }
            #expect(try await gym.raw.get("/v1/members?query=Percent").expect(200).data.count == 1)
        }
    }

    @Test func `Rows 97, 98: moments and zones that are none are refused`() async throws {
        try await withWorld { world in
            let operation = try #require(Declared.all.first { $0.name == "CreateSession" })
            for text in [
                "2026-02-30T10:00:00Z", "2030-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
                "2030-01-01T00:00:00+99:99", "2030-01-01T00:00:00", "2030-01-01", "infinity", "-infinity", "now", "today", "epoch",
                "allballs",
                "1900000000", "2030-01-01T24:00:00Z", "2030-01-01T00:00:00Z ", "2030-01-01T00:00:00Z;drop", "٢٠٣٠-01-01T00:00:00Z",
                "1899-12-31T23:59:59Z",
                "2200-01-01T00:00:00Z", "2030-1-1T0:0:0Z", "2030-01-01T00:00:00.Z", "2030-01-01T00:00:00.0000000001Z",
            ] {
                var body = try #require(operation.validBody(world.ours))
                body[at: ["starts_at"]] = .string(text)
                let reply = try await world.ours.gym.raw.post("/v1/sessions", body)
                #expect(reply.json["errors"]?.elements.first?["pointer"] == "#/starts_at", "\(text): \(reply.status) \(reply.text)")
                let query = try await world.ours.gym.raw.get("/v1/sessions?from=\(escaped(text))")
                #expect(query.status == 422, "\(text): \(query.status)")
            }
            let location = try #require(Declared.all.first { $0.name == "CreateLocation" })
            for text in [
                "../../etc/passwd", "/etc/localtime", "America/Nowhere", "posixrules", "America/../America/Toronto", "America/Toronto\u{0}",
                "America//Toronto", "/America/Toronto", "./America/Toronto", "right/../America/Toronto", "GMT+5/x", "America/Toronto ", "",
                "/",
                "localtime", "EST5EDT4,M3.2.0/2,M11.1.0/2", "america/toronto", "AMERICA/TORONTO", "America/toronto", "Factory", "tzdata.zi",
            ] {
                var body = try #require(location.validBody(world.ours))
                body[at: ["time_zone"]] = .string(text)
                let reply = try await world.ours.gym.raw.post("/v1/locations", body)
                #expect(
                    reply.status == 422 && reply.json["errors"]?.elements.first?["pointer"] == "#/time_zone",
                    "\(text.debugDescription): \(reply.status) \(reply.text)")
            }
        }
    }

    @Test func `Row 99: addresses that could end a line of mail, or are none`() async throws {
        try await withWorld { world in
            for text in [
                String(repeating: "a", count: 250) + "@b.example", "a@b@c.example", "a@b.example\r\nBcc: x@y.example", "a@b.example\nx",
                "a b@c.example",
                "\"a b\"@c.example", "a@[127.0.0.1]", "Ada <a@b.example>", "a@b", "@b.example", "a@", "a@.example", "a@b..example",
                "a@-b.example",
                ".a@b.example", "a..b@c.example", "a@b.example,c@d.example", "a@b.example;c", "a@b.example\u{0}", "a\u{2028}b@c.example",
                "a＠b@c.example", "a@b.example＞x", "a﹫b@c.example", "a@b.example\u{FF0C}c", "<a@b.example>", "a@b.exa mple",
            ] {
                let reply = try await world.ours.gym.raw.post("/v1/members", ["full_name": "Ada", "email": .string(text)])
                #expect(
                    reply.status == 422 && reply.json["errors"]?.elements.first?["pointer"] == "#/email",
                    "\(text.debugDescription.prefix(80)): \(reply.status) \(reply.text)")
            }
        }
    }
}
