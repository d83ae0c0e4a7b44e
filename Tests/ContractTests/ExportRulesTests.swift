import ServiceKit
import Testing

/// What is handed out of each table is said by the lists that say what erasing does: whoever adds a column that is sealed, or a secret,
/// decides it.
@Suite struct ExportRulesTests {
    private func rows(_ query: String) async throws -> [String] { try await DatabaseRulesTests().rows(query) }

    private static let exported = Product.services.flatMap { service in
        service.tables.filter { $0.isUnexported == nil }.map { (name: "\(Product.name(service)).\($0.name)", table: $0) }
    }

    private static let columns = """
        select nspname || '.' || relname as "table", a.attname as name, a.atttypid::regtype::text as type
        from (\(DatabaseRulesTests.tables)) t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        """

    /// Those of which anything can be handed out: what is a person's, or an organization's.
    private func asked() async throws -> [(name: String, table: PersonalTable)] {
        let tenants = Set(try await rows("select nspname || '.' || relname from (\(DatabaseRulesTests.tables)) t where tenant"))
        return Self.exported.filter { !$0.table.columns.isEmpty || $0.table.isPart || tenants.contains($0.name) }
    }

    @Test func everySealedColumnIsDecidedUpon() async throws {
        let sealed = Set(try await rows("select \"table\" || '.' || name from (\(Self.columns)) c where type = 'bytea'"))
        for (name, table) in try await asked() {
            let decided = Set((table.sealed.map(\.name) + table.leftOut.keys).map { "\(name).\($0)" })
            let bytes = sealed.filter { $0.hasPrefix("\(name).") }
            #expect(bytes.subtracting(decided) == [], "\(name)")
        }
    }

    @Test func whatIsNamedIsThereAndSaysWhy() async throws {
        let all = Set(try await rows("select \"table\" || '.' || name from (\(Self.columns)) c"))
        for (name, table) in Self.exported {
            for column in table.sealed.map(\.name) + table.leftOut.keys + table.naming {
                #expect(all.contains("\(name).\(column)"), "\(name).\(column)")
            }
            #expect(table.leftOut.values.allSatisfy { !$0.isEmpty })
            #expect(table.naming.isSubset(of: table.columns.map(\.name)), "\(name)")
        }
    }

    /// Columns whose names sound like a secret's, and are none.
    private static let harmless = [
        "auth.accounts.password_changed_at", "auth.tax_rates.code", "billing.invoice_taxes.code", "billing.tax_rates.code",
        "workouts.exercises.source_key",
    ]

    @Test func secretsAreLeftOut() async throws {
        let secret = try await rows(
            """
            select "table" || '.' || name from (\(Self.columns)) c
            where name ~ '(password|secret|token|hash|wrapped|_index$|pepper|(^|_)code$|_key$|credential)'
            """)
        let handedOut = try await asked().flatMap { each in
            secret.filter { $0.hasPrefix("\(each.name).") && each.table.leftOut[String($0.dropFirst(each.name.count + 1))] == nil }
        }
        #expect(handedOut.sorted() == Self.harmless)
    }

    /// Rows that are a person's by other rows go along: whatever has a foreign key to a table of theirs, and no column that names them.
    @Test func rowsThatBelongToTheirsGoAlong() async throws {
        let children = try await rows(
            """
            select distinct c.conrelid::regclass || ' ' || c.confrelid::regclass from pg_constraint c
            join pg_namespace n on n.oid = c.connamespace
            where contype = 'f' and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            """)
        let tables = Dictionary(
            uniqueKeysWithValues: Product.services.flatMap { service in
                service.tables.map { ("\(Product.name(service)).\($0.name)", $0) }
            })
        for child in children {
            let names = child.split(separator: " ").map(String.init)
            guard let (part, whole) = tables[names[0]].flatMap({ part in tables[names[1]].map { (part, $0) } }) else { continue }
            let isTheirs = !Set(whole.columns.map(\.name)).subtracting(whole.naming).isEmpty
            let isNamed = !Set(part.columns.map(\.name)).subtracting(part.naming).isEmpty
            // What refers to a person merely names them, or it would be listed as theirs.
            guard isTheirs, !isNamed, names[0] != names[1], !names[1].hasSuffix(".people") else { continue }
            #expect(part.goesAlong || part.isUnexported != nil, "\(child)")
        }
    }
}
