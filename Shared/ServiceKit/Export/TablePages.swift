import ContractKit
import Foundation
import Postgres

/// A table's primary key, and whether its rows are of organizations.
struct TableShape: Decodable, Sendable {
    var name: String
    var key: [String]
    var isTenant: Bool

    /// All tables of the service's schema, by name.
    static func all(in tx: Transaction) async throws -> [String: TableShape] {
        let shapes: [TableShape] = try await tx.query(
            """
            select c.relname::text as name,
                array(
                    select a.attname::text from unnest(i.indkey::int2[]) with ordinality as k (number, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number order by place) as key,
                exists (
                    select from pg_attribute a
                    where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as is_tenant
            from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """)
        return Dictionary(shapes.map { ($0.name, $0) }) { first, _ in first }
    }
}

/// A row as JSON, and its primary key as JSON: where the next page begins.
struct TableRow: Decodable, Sendable {
    var row: String
    var key: String
}

/// Pages of a table in the order of its primary key. Each costs the same, however deep it lies.
struct TablePages: Sendable {
    let shape: TableShape
    let tx: Transaction

    /// - Parameters:
    ///   - condition: On the table, which is called `t`.
    ///   - only: The columns to show; all of them when it is nil.
    ///   - leftOut: Columns that are not shown.
    ///   - key: Of the row before.
    func page(
        where condition: SQL, only: [String]? = nil, leftOut: [String], after key: String?, limit: Int
    ) async throws -> [TableRow] {
        let (table, columns) = (SQL.identifier(shape.name), shape.key.map { SQL.identifier($0) })
        // The row of the cursor gives each part of the key its type: nothing has to be told what to read it as.
        let further: SQL =
            key.map {
                """
                and (\(Self.list(columns, of: "t"))) > (
                    select \(Self.list(columns, of: "p")) from jsonb_populate_record(null::\(table), \($0)::jsonb) p)
                """
            } ?? ""
        let shown: SQL =
            only.map {
                "(select jsonb_object_agg(c, to_jsonb(t) -> c) from unnest(\($0)::text[]) c where c <> all (\(leftOut)::text[]))"
            } ?? "(to_jsonb(t) - \(leftOut)::text[])"
        return try await tx.query(
            """
            select \(shown)::text as row,
                (select jsonb_object_agg(c, to_jsonb(t) -> c) from unnest(\(shape.key)::text[]) c)::text as key
            from \(table) t
            where \(condition) \(further)
            order by \(Self.list(columns, of: "t"))
            limit \(limit)
            """)
    }

    private static func list(_ columns: [SQL], of table: SQL) -> SQL {
        guard let first = columns.first else { return "" }
        return columns.dropFirst().reduce("\(table).\(first)") { (all: SQL, next) in "\(all), \(table).\(next)" }
    }
}
