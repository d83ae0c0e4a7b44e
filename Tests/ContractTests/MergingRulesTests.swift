import ServiceKit
import Testing

/// What becomes of a duplicate's rows is said of every table as well: none collides with the kept person's, and none is lost unsaid.
@Suite struct MergingRulesTests {
    private func rows(_ query: String) async throws -> [String] { try await DatabaseRulesTests().rows(query) }

    private static let listed = Product.services.flatMap { service in service.tables.map { (service: Product.name(service), table: $0) } }

    /// Columns that are moved though a unique key holds them, each with who sees to it that nothing collides there.
    private static let settled: [String: String] = [
        "billing.invoices.member_id": "drafts are joined before",
        "scheduling.bookings.member_id": "one of two places is given back before",
        "workouts.workouts.member_id": "one of two workouts goes, or loses its session before",
    ]

    @Test func noKeyIsLeftToChance() async throws {
        let keyed = Set(
            try await rows(
                """
                select distinct nspname || '.' || relname || '.' || a.attname from (\(DatabaseRulesTests.tables)) t
                join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
                join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey::int2[])
                """))
        let moved = Self.listed.flatMap { each -> [String] in
            guard case .moved = each.table.whenMerged else { return [] }
            return each.table.columns.map { "\(each.service).\(each.table.name).\($0.name)" }
        }
        let left = Set(moved).intersection(keyed).subtracting(["scheduling.sessions.trainer_id"])
        #expect(left == Set(Self.settled.keys))
        // The rows that would collide are told apart in the exclusion's own words.
        let apart = try await rows(
            "select count(*) from pg_constraint where conname = 'sessions_one_per_trainer' and pg_get_constraintdef(oid) ~ 'NOT beside_another'"
        )
        #expect(apart == ["1"])
    }

    @Test func whatStaysSaysWhy() {
        for (service, table) in Self.listed {
            if case .stays(let reason) = table.whenMerged { #expect(!reason.isEmpty, "\(service).\(table.name)") }
        }
    }

    /// A row that is told by its version tells with another one that it is somebody else's.
    @Test func whatIsReadByItsVersionCounts() async throws {
        let versioned = Set(
            try await rows(
                """
                select nspname || '.' || relname from (\(DatabaseRulesTests.tables)) t
                where 2 = (
                    select count(*) from pg_attribute a
                    where a.attrelid = t.oid and a.attname in ('version', 'updated_at') and not a.attisdropped)
                """))
        for (service, table) in Self.listed {
            guard case .moved(let counts) = table.whenMerged, !table.columns.isEmpty else { continue }
            #expect(counts == versioned.contains("\(service).\(table.name)"), "\(service).\(table.name)")
        }
    }
}
