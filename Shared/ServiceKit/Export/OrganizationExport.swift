import ContractKit
public import FieldEncryption
import Foundation
import Postgres

extension Endpoint {
    /// All that a service holds of an organization, for its owner: in every service the same.
    public static func organizationExport<Service: PalestraService>(of service: Service.Type, _ ring: KeyRing) -> Endpoint {
        .handle(ExportOrganization<Service.Contract>.self) { call, tx in
            let organization = try call.caller.organizationID
            let opener = RowOpener(service: Service.Contract.name, organizationID: organization, ring: ring)
            return try await OrganizationExport(organizationID: organization, tables: Service.tables, opener: opener, tx: tx)
                .page(of: call.input.table?.rawValue, after: call.input.cursor, limit: (call.input.limit ?? .standard).rawValue)
        }
    }
}

/// Pages through the tables of a service in the order in which it lists them.
private struct OrganizationExport: Sendable {
    let organizationID: OrganizationID
    let tables: [PersonalTable]
    let opener: RowOpener
    let tx: Transaction

    /// - Throws: ``Problem`` `.validation` for a table that is not there, or a cursor that a client has made up.
    func page(of table: String?, after cursor: Cursor?, limit: Int) async throws -> Page<ExportedRow> {
        let shapes = try await TableShape.all(in: tx)
        let exported = tables.filter { $0.isUnexported == nil && shapes[$0.name]?.isTenant == true && (table == nil || $0.name == table) }
        guard !exported.isEmpty else {
            throw Problem.invalid("?table", "must be a table of this service that holds an organization's rows")
        }
        var (opener, rows): (RowOpener, [ExportedRow]) = (self.opener, [])
        var (place, key) = (exported.startIndex, cursor?.text(1))
        if let cursor {
            guard let named = exported.firstIndex(where: { $0.name == cursor.text(0) }) else {
                throw Problem.invalid("?cursor", Cursor.rule)
            }
            place = named
        }
        for table in exported[place...] {
            guard let shape = shapes[table.name] else { continue }
            let (room, found) = (limit - rows.count, try await find(table, shape, after: key, limit: limit - rows.count + 1))
            for row in found.prefix(room) {
                let opened = try JSON.decode(StoredRow.self, from: Data(try await opener.opened(row.row, of: table, in: tx).utf8))
                rows.append(ExportedRow(table: table.name, row: opened, shown: table.shown(in: opened.rawValue)))
            }
            if found.count > room {
                let last = found.prefix(room).last?.key ?? key
                let next = last.map { Cursor(table.name, $0) } ?? Cursor(table.name)
                return Page(data: rows, nextCursor: next.rawValue)
            }
            key = nil
        }
        return Page(data: rows, nextCursor: nil)
    }

    private func find(_ table: PersonalTable, _ shape: TableShape, after key: String?, limit: Int) async throws -> [TableRow] {
        do {
            return try await TablePages(shape: shape, tx: tx).page(
                where: "t.organization_id = \(organizationID)", leftOut: table.leftOut.keys.sorted(), after: key, limit: limit)
        } catch let error as DatabaseError where key != nil && error.sqlState?.hasPrefix("22") == true {
            // What PostgreSQL cannot read as a key was none of ours.
            throw Problem.invalid("?cursor", Cursor.rule)
        }
    }
}

extension PersonalTable {
    /// Whose row it is. The audit log is read by its keepers without leaving a row each time, or nobody would come to its end.
    fileprivate func shown(in row: JSONValue) -> [ShownMember] {
        columns.filter { !$0.isAccounts && $0.fate != .kept && !naming.contains($0.name) }.compactMap { column in
            guard case .string(let text)? = row[column.name] else { return nil }
            return PersonID(text).map { ShownMember($0) }
        }
    }
}
