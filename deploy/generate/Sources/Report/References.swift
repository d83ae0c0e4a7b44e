/// Looks up every foreign key of the services' tables, all rows at once: the load left that out.
struct References {
    private let database: Connection

    init(_ database: Connection) { self.database = database }

    /// - Throws: ``Failure`` that names the keys that lead nowhere.
    func check() throws {
        // Joins of whole tables.
        try database.query("set work_mem = '256MB'")
        defer { _ = try? database.query("reset work_mem") }
        let keys = try database.query(
            """
            select c.conname, c.conrelid::regclass, c.confrelid::regclass,
                (select string_agg(format('a.%I = b.%I', x.attname, y.attname), ' and ')
                    from unnest(c.conkey, c.confkey) as k (a, b)
                    join pg_attribute x on x.attrelid = c.conrelid and x.attnum = k.a
                    join pg_attribute y on y.attrelid = c.confrelid and y.attnum = k.b),
                (select string_agg(format('a.%I is not null', x.attname), ' and ')
                    from unnest(c.conkey) as k (a) join pg_attribute x on x.attrelid = c.conrelid and x.attnum = k.a)
            from pg_constraint c join pg_namespace n on n.oid = c.connamespace
            where c.contype = 'f' and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            """)
        for key in keys {
            let lost = try database.query(
                "select count(*) from \(key[1]) a where \(key[4]) and not exists (select from \(key[2]) b where \(key[3]))")
            guard lost == [["0"]] else { throw Failure("\(key[0]): \(lost[0][0]) rows of \(key[1]) refer to nothing in \(key[2])") }
        }
    }
}
