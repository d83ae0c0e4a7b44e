import Foundation
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct TypesTests {
    struct Everything: Decodable {
        struct Note: Decodable, Equatable {
            var sessionID: UUID
            var startsAt: Date
        }
        enum Word: String, Decodable { case happy, sad }

        var isActive: Bool
        var small: Int
        var medium: Int32
        var large: Int64
        var single: Double
        var double: Double
        var name: String
        var fixed: String
        var sessionID: UUID
        var sessionText: String
        var typedID: TestID
        var startsAt: Date
        var startsText: String
        var day: String
        var clock: String
        var bytes: Data
        var emptyBytes: Data
        var note: Note
        var noteText: String
        var mood: Word
        var memberIDs: [UUID]
        var typedIDs: [TestID]
        var words: [String]
        var moods: [Word]
        var numbers: [Int]
        var days: [String]
        var nothing: [Int]
        var gaps: [String?]
        var absent: String?
        var unknownColumn: Int?
        @Nullable var nullMember: TestID?
        @Nullable var fullMember: TestID?
        @Nullable var missingMember: Int?
    }

    @Test func `All types come back as they went`() async throws {
        let (id, other) = (UUID(), UUID())
        let moment = Date(timeIntervalSince1970: 1_772_359_200.123457)
        try await withDatabase { database in
            try await database.transaction { tx in
                try await tx.execute("create type mood as enum ('happy', 'sad')")
                let row: Everything = try await tx.one(
                    """
                    select \(true)::bool as is_active, \(-7)::int2 as small, \(70_000)::int4 as medium, \(Int64.max)::int8 as large,
                      \(1.5)::float4 as single, \(-0.1)::float8 as double, \("häuser \\ ' \" 🏋️")::text as name, 'ab'::char(3) as fixed,
                      \(id)::uuid as session_id, \(id)::uuid as session_text, \(id)::uuid as typed_id,
                      \(moment)::timestamptz as starts_at, \(moment)::timestamptz as starts_text, '2026-03-01'::date as day,
                      '18:30'::time as clock, \(Data([0, 1, 255]))::bytea as bytes, \(Data())::bytea as empty_bytes,
                      jsonb_build_object('session_id', \(id)::uuid, 'starts_at', '2026-03-01T10:00:00.5Z') as note,
                      '{"a": 1}'::json as note_text, 'sad'::mood as mood, \([id, other])::uuid[] as member_ids,
                      \([TestID(rawValue: id)])::uuid[] as typed_ids, \(["a,\"\\{}", "", "NULL"])::text[] as words,
                      array['sad', 'happy']::mood[] as moods, \([1, -2])::int4[] as numbers, array['2026-03-01'::date] as days,
                      \([Int]())::int8[] as nothing, array['x', null] as gaps, null::text as absent, null::uuid as null_member, \(id)::uuid as full_member
                    """)
                #expect(row.isActive && row.small == -7 && row.medium == 70_000 && row.large == .max)
                #expect(row.single == 1.5 && row.double == -0.1 && row.name == "häuser \\ ' \" 🏋️" && row.fixed == "ab ")
                #expect(row.sessionID == id && row.sessionText == id.uuidString.lowercased() && row.typedID.rawValue == id)
                #expect(abs(row.startsAt.timeIntervalSince(moment)) < 0.0000005 && row.startsText == "2026-03-01T10:00:00.123457Z")
                #expect(PostgresMoment.text(row.startsAt) == PostgresMoment.text(moment))
                #expect(row.day == "2026-03-01" && row.clock == "18:30:00" && row.bytes == Data([0, 1, 255]) && row.emptyBytes.isEmpty)
                #expect(row.note == .init(sessionID: id, startsAt: Date(timeIntervalSince1970: 1_772_359_200.5)))
                #expect(row.noteText == #"{"a": 1}"# && row.mood == .sad)
                #expect(row.memberIDs == [id, other] && row.typedIDs.map(\.rawValue) == [id] && row.words == ["a,\"\\{}", "", "NULL"])
                #expect(row.moods == [.sad, .happy] && row.numbers == [1, -2] && row.days == ["2026-03-01"] && row.nothing == [])
                #expect(row.gaps == ["x", nil] && row.absent == nil && row.unknownColumn == nil)
                #expect(row.nullMember == nil && row.fullMember?.rawValue == id && row.missingMember == nil)
            }
        }
    }

    @Test func `A scalar is read from the first column`() async throws {
        let id = UUID()
        try await withDatabase { database in
            try await database.transaction { tx in
                let seven: Int = try await tx.one("select 7::int8, 'x'")
                #expect(seven == 7)
                #expect(try await tx.one("select \(id)::uuid", as: TestID.self).rawValue == id)
                #expect(try await tx.one("select \(id)::uuid", as: UUID.self) == id)
                #expect(try await tx.query("select n from generate_series(1, 3) n", as: Int.self) == [1, 2, 3])
                #expect(try await tx.one("select null::int", as: Int?.self) == nil)
                #expect(try await tx.one("select array[1, 2]", as: [Int].self) == [1, 2])
                #expect(try await tx.first("select 1 where false", as: Int.self) == nil)
                #expect(try await tx.execute("select n from generate_series(1, 3) n") == 3)
            }
            let missing = try await failure {
                _ = try await database.transaction { try await $0.one("select 1 where false", as: Int.self) }
            }
            #expect(missing.kind == .rowMissing)
        }
    }

    struct Price: Decodable { var amount: Int }

    @Test(
        arguments: [
            ("select 1 as price", "column amount is missing"),
            ("select null::int as amount", "column amount is null"),
            ("select 1.5 as amount", "column amount is numeric, which has no exact counterpart: cast it in the statement"),
            ("select 'secret' as amount", "column amount is of type text and cannot be read as an integer"),
            ("select now()::timestamp as amount", "column amount is of a type that cannot be read: cast it in the statement"),
        ] as [(SQL, String)])
    func `What cannot be decoded is told by its column only`(sql: SQL, message: String) async throws {
        try await withDatabase { database in
            let error = try await failure { _ = try await database.transaction { try await $0.one(sql, as: Price.self) } }
            #expect(error.kind == .decoding)
            #expect(error.message == message)
        }
    }

    @Test func `Numbers out of range and refused texts are errors without their values`() async throws {
        struct Person: Decodable { var id: TestID }
        try await withDatabase { database in
            let large = try await failure { _ = try await database.transaction { try await $0.one("select 70000", as: Int16.self) } }
            #expect(large.message.hasSuffix("is too large or too small for its property"))
            let text = try await failure {
                _ = try await database.transaction { try await $0.one("select 'secret' as id", as: Person.self) }
            }
            #expect(text.message == "column id holds a value that its type refuses")
            let infinite = try await failure {
                _ = try await database.transaction { try await $0.one("select 'infinity'::timestamptz", as: Date.self) }
            }
            #expect(infinite.kind == .decoding)
        }
    }

    @Test(arguments: [
        "'; drop table x; --", "$1", "\\", "\"\u{301}", "{}", "null", "\r\n\t", "𒐫 e\u{301}", String(repeating: "x", count: 200_000),
    ])
    func `Hostile texts come back unharmed, alone and in an array`(text: String) async throws {
        try await withDatabase { database in
            try await database.transaction { tx in
                let alone: String = try await tx.one("select \(text)::text")
                let among: [String] = try await tx.one("select \([text, "other", text])::text[]")
                #expect(Array(alone.utf8) == Array(text.utf8))
                #expect(among.map { Array($0.utf8) } == [text, "other", text].map { Array($0.utf8) })
            }
        }
    }
}
