import ServiceKit
import Testing

/// What becomes of a person's rows is said of every table: whoever adds one, or a column that holds people, decides it.
@Suite struct ErasureRulesTests {
    private func rows(_ query: String) async throws -> [String] { try await DatabaseRulesTests().rows(query) }

    /// What ids are of, in columns that no list names.
    private static let things = [
        "organization", "location", "home_location", "session", "class_type", "booking", "invoice", "line", "payment", "workout", "set",
        "exercise", "event", "notification", "mail", "access", "engagement", "assignment", "grant", "api_key", "login_session", "identity",
        "erasure_request", "export", "document", "file", "object", "passkey", "platform_admin", "platform_session",
        "app_config", "note", "merge",
    ].map { "\($0)_id" }

    /// Other columns that hold ids of things, each with its reason.
    private static let others: [String: String] = [
        "auth.locations.parent_id": "a location", "scheduling.bookings.id": "a booking", "scheduling.class_types.id": "a class type",
        "scheduling.sessions.id": "a session", "auth.people.location_ids": "locations",
    ]
    .merging(everywhere("audit_log.record_id", "a record, of whatever kind")) { $1 }
    .merging(everywhere("jobs.lease_token", "a run of a job")) { $1 }

    private static func everywhere(_ column: String, _ reason: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: Product.services.map { ("\(Product.name($0)).\(column)", reason) })
    }

    private static let listed = Product.services.flatMap { service in service.tables.map { (service: Product.name(service), table: $0) } }

    @Test("S3-57: every table says what erasing a person does to it") func everyTableIsListed() async throws {
        let tables = try await rows("select nspname || '.' || relname from (\(DatabaseRulesTests.tables)) t")
        #expect(Self.listed.map { "\($0.service).\($0.table.name)" }.sorted() == tables.sorted())
    }

    @Test("S3-57: every column that can hold a person is listed") func everyColumnOfPeopleIsListed() async throws {
        let listed = Set(Self.listed.flatMap { each in each.table.columns.map { "\(each.service).\(each.table.name).\($0.name)" } })
        let ids = try await rows(
            """
            select nspname || '.' || relname || '.' || a.attname from (\(DatabaseRulesTests.tables)) t
            join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
            where a.atttypid in ('uuid'::regtype, 'uuid[]'::regtype) and a.attname not in (\(Self.things.map { "'\($0)'" }.joined(separator: ", ")))
            """)
        #expect(Set(ids).subtracting(Self.others.keys) == listed)
        #expect(Set(Self.others.keys).isSubset(of: ids))
    }

    @Test func whatStaysSaysWhy() {
        for (service, table) in Self.listed {
            let stays = table.columns.isEmpty && !table.isPart || table.columns.contains { $0.fate == .pseudonymized || $0.fate == .kept }
            #expect(!stays || table.reason?.isEmpty == false, "\(service).\(table.name)")
        }
    }

    /// A row that is deleted with its person has a foreign key that does so.
    @Test func whatGoesWithAPersonIsTakenAlong() async throws {
        let taken = Set(
            try await rows(
                """
                select conrelid::regclass || '.' || a.attname from pg_constraint f
                join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[cardinality(f.conkey)]
                where contype = 'f' and confdeltype = 'c' and confrelid in ('auth.people'::regclass, 'auth.accounts'::regclass)
                """))
        let others = ["people", "login_sessions", "accounts"]
        for (service, table) in Self.listed {
            for column in table.columns where column.fate == .deletedWithPerson {
                #expect(taken.contains("\(service).\(table.name).\(column.name)"))
            }
            // A person's own rows are gone by then, and accounts go by themselves.
            for column in table.columns where column.fate == .deletedWithAccount && !others.contains(table.name) {
                #expect(taken.contains("\(service).\(table.name).\(column.name)"))
            }
        }
    }
}
