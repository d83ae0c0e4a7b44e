import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite(.scratchDatabase, .enabled(if: testServer != nil))
struct RowReaderTests {
    enum Word: String { case happy, sad }
    struct Small: RawRepresentable {
        let rawValue: Int
        init?(rawValue: Int) {
            guard rawValue < 10 else { return nil }
            self.rawValue = rawValue
        }
    }

    struct Everything: RowReadable {
        let id: TestID
        let plainID: UUID
        let small: Small
        let (count, large): (Int, Int64)
        let word: Word
        let (name, startsAt): (String, Date)
        let (mood, note): (Word?, String?)
        let (rank, endsAt): (Int?, Date?)

        init(reading row: inout RowReader) throws {
            id = try row.id("id")
            plainID = try row.uuid("plain_id")
            small = try row.number("small")
            count = try row.int("count")
            large = try row.int64("large")
            word = try row.text("word")
            name = try row.string("name")
            startsAt = try row.moment("starts_at")
            mood = try row.textIfAny("mood")
            note = try row.stringIfAny("note")
            rank = try row.intIfAny("rank")
            endsAt = try row.momentIfAny("ends_at")
        }
    }

    @Test func `Columns are read in their order, row by row`() async throws {
        let (id, moment) = (UUID(), Date(timeIntervalSince1970: 1_772_359_200.25))
        try await withDatabase { database in
            try await database.transaction { tx in
                let rows: [Everything] = try await tx.query(
                    """
                    select \(id)::uuid as id, \(id)::uuid as plain_id, 9::int2 as small, n::int4 as count, \(Int64.min)::int8 as large,
                        'sad' as word, 'häuser' as name, \(moment)::timestamptz as starts_at, case n when 1 then 'happy' end as mood,
                        case n when 1 then '' end as note, case n when 1 then 0 end as rank, case n when 1 then \(moment)::timestamptz end as ends_at
                    from generate_series(1, 2) n order by n
                    """)
                #expect(rows.map(\.count) == [1, 2])
                for row in rows {
                    #expect(row.id.rawValue == id && row.plainID == id && row.small.rawValue == 9 && row.large == .min)
                    #expect(row.word == .sad && row.name == "häuser" && row.startsAt == moment)
                }
                #expect(rows[0].mood == .happy && rows[0].note == "" && rows[0].rank == 0 && rows[0].endsAt == moment)
                #expect(rows[1].mood == nil && rows[1].note == nil && rows[1].rank == nil && rows[1].endsAt == nil)
            }
        }
    }

    struct Pair: RowReadable {
        let (first, second): (Int, Small)
        init(reading row: inout RowReader) throws {
            first = try row.int("first")
            second = try row.number("second")
        }
    }

    @Test func `One, the first, or none`() async throws {
        try await withDatabase { database in
            try await database.transaction { tx in
                let one = try await tx.one("select 1 as first, 2 as second, 3 as third", as: Pair.self)
                let first = try await tx.first("select 1 as first, 2 as second where false", as: Pair.self)
                let none = try await tx.query("select 1 as first, 2 as second where false", as: Pair.self)
                #expect(one.first == 1 && first?.first == nil && none.isEmpty)
            }
            let missing = try await failure {
                _ = try await database.transaction { try await $0.one("select 1 as first, 2 as second where false", as: Pair.self) }
            }
            #expect(missing.kind == .rowMissing)
        }
    }

    @Test(
        arguments: [
            ("select 1 as second, 2 as first", "column first is missing where it is read"),
            ("select 1 as first", "column second is missing where it is read"),
            ("select null::int as first, 2 as second", "column first is null"),
            ("select 'secret' as first, 2 as second", "column first is of type text and cannot be read as an integer"),
            ("select 1 as first, 10 as second", "column second holds a value that its type refuses"),
        ] as [(SQL, String)])
    func `What cannot be read is told by its column only`(sql: SQL, message: String) async throws {
        try await withDatabase { database in
            let error = try await failure { _ = try await database.transaction { try await $0.one(sql, as: Pair.self) } }
            #expect(error.kind == .decoding)
            #expect(error.message == message)
        }
    }

    /// Reads its columns in another order in its second row, which no type should do.
    struct Fickle: RowReadable {
        let total: Int
        init(reading row: inout RowReader) throws {
            let first = try row.int("first")
            total = first + (first == 1 ? try row.int("second") : try row.int("third"))
        }
    }

    @Test func `Names are compared in every row`() async throws {
        try await withDatabase { database in
            let error = try await failure {
                _ = try await database.transaction {
                    try await $0.query("select n as first, 2 as second from generate_series(1, 2) n", as: Fickle.self)
                }
            }
            #expect(error.message == "column third is missing where it is read")
        }
    }
}
