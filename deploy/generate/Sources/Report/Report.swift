/// What the services' tables take on disk.
struct Sizes {
    struct Size {
        /// Rows and their overflow, without indexes.
        var table: Int
        var total: Int
    }

    let tables: [String: Size]

    init(_ database: Connection) throws {
        let rows = try database.query(
            """
            select n.nspname || '.' || c.relname, pg_table_size(c.oid), pg_total_relation_size(c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            """)
        tables = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Size(table: Int($0[1]) ?? 0, total: Int($0[2]) ?? 0)) })
    }
}

/// Rows and bytes by table, and what a member comes to in a year beside what was expected.
struct Report {
    let before: Sizes
    let after: Sizes
    let tables: [Table]
    let members: Int
    let years: Double

    /// Kilobytes that were estimated for a member and year.
    private static let expected: [(what: String, kilobytes: Double, tables: [String])] = [
        ("workouts", 156, ["workouts.workouts", "workouts.personal_records"]), ("sets", 1000, ["workouts.sets"]),
    ]

    func show() {
        print(line("table", "rows", "bytes", "bytes/row", "with indexes", "bytes/row"))
        for table in tables where table.rows > 0 {
            let size = grown([table.name])
            print(
                line(
                    table.name, Figures.count(table.rows), Figures.bytes(size.table), "\(size.table / table.rows)",
                    Figures.bytes(size.total), "\(size.total / table.rows)"))
        }
        let total = grown(tables.map(\.name))
        let rows = tables.reduce(0) { $0 + $1.rows }
        print(
            line(
                "all", Figures.count(rows), Figures.bytes(total.table), "\(total.table / max(1, rows))", Figures.bytes(total.total),
                "\(total.total / max(1, rows))"))
        print("\nFor each member and year, without and with indexes, and as estimated:")
        for (what, kilobytes, names) in Self.expected { perYear(what, grown(names), "\(Int(kilobytes)) KB") }
        perYear("all", total, "2.3 MB, of which 1.13 MB for what is not built yet: meals (1095 KB), health metrics (25 KB), photos (12 KB)")
    }

    private func perYear(_ what: String, _ size: Sizes.Size, _ expected: String) {
        func share(_ bytes: Int) -> String { Figures.bytes(Int(Double(bytes) / Double(members) / years)) }
        print("    \(what): \(share(size.table)), \(share(size.total)); \(expected)")
    }

    private func grown(_ names: [String]) -> Sizes.Size {
        names.reduce(into: Sizes.Size(table: 0, total: 0)) { sum, name in
            guard let (old, new) = before.tables[name].flatMap({ old in after.tables[name].map { (old, $0) } }) else { return }
            sum.table += new.table - old.table
            sum.total += new.total - old.total
        }
    }

    private func line(_ cells: String...) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, (index == 0 ? 30 : 13) - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined(separator: " ")
    }
}
