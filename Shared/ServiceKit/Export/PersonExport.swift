public import ContractKit
public import FieldEncryption
public import Foundation
import Messaging
public import Postgres

/// Gathers what a service's schema holds of a person, by the list of its tables: a page at a time, never the whole in memory.
public struct PersonExport: Sendable {
    private let organizationID: OrganizationID
    private let personID: PersonID
    private let tables: [PersonalTable]
    private let opener: RowOpener
    private let tx: Transaction

    public init<Service: ServiceContract>(
        of personID: PersonID, in organizationID: OrganizationID, from tables: [PersonalTable], of service: Service.Type, _ ring: KeyRing,
        _ tx: Transaction
    ) {
        (self.personID, self.organizationID, self.tables, self.tx) = (personID, organizationID, tables, tx)
        opener = RowOpener(service: Service.name, organizationID: organizationID, ring: ring)
    }

    /// A part's length in bytes, before it is sealed: no event is huge.
    public static let partLength = 192 << 10
    private static let pageLength = 200

    /// Says it, part by part.
    public func say<Service: ServiceContract>(_ service: Service.Type, to export: ExportID, _ ring: KeyRing) async throws {
        try await forEachPart { number, isLast, content in
            try await tx.emit(
                PersonExported<Service>(
                    organizationID: organizationID, exportID: export, personID: personID, number: number, isLast: isLast,
                    content: try ring.seal(content, context: PersonExported<Service>.context(export, number))))
        }
    }

    /// Parts are lines, `table {"column": ...}`, cut wherever a part is full: a row may be longer than a part.
    ///
    /// - Parameter account: Of the person; nil when what is its own is to stay out.
    public func forEachPart(
        account: UUID? = nil, _ body: @Sendable (_ number: Int, _ isLast: Bool, _ content: String) async throws -> Void
    ) async throws {
        var (buffer, number): (Data, Int) = (Data(), 1)
        var opener = self.opener
        let shapes = try await TableShape.all(in: tx)
        for table in tables where table.isUnexported == nil {
            guard let shape = shapes[table.name] else { continue }
            for look in looks(at: table, shape, account) {
                var key: String?
                repeat {
                    let page = try await TablePages(shape: shape, tx: tx).page(
                        where: look.condition, only: look.only, leftOut: table.leftOut.keys.sorted(), after: key, limit: Self.pageLength)
                    for row in page {
                        let opened = look.only == nil ? try await opener.opened(row.row, of: table, in: tx) : row.row
                        buffer.append(Data("\(table.name) \(opened)\n".utf8))
                        while buffer.count > Self.partLength {
                            let part = Self.cut(&buffer)
                            try await body(number, false, part)
                            number += 1
                        }
                    }
                    key = page.count == Self.pageLength ? page.last?.key : nil
                } while key != nil
            }
        }
        try await body(number, true, String(decoding: buffer, as: UTF8.self))
    }

    /// Takes a part off the front, which ends with a whole character.
    private static func cut(_ buffer: inout Data) -> String {
        var end = buffer.startIndex + partLength
        while end > buffer.startIndex, buffer[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        let part = String(decoding: buffer[..<end], as: UTF8.self)
        buffer = Data(buffer[end...])
        return part
    }

    private struct Look {
        var condition: SQL
        var only: [String]?
    }

    /// First the rows that are the person's own, then those of others that name them.
    private func looks(at table: PersonalTable, _ shape: TableShape, _ account: UUID?) -> [Look] {
        let here: SQL = shape.isTenant ? "t.organization_id = \(organizationID)" : "true"
        var own = table.columns.filter { !$0.isAccounts && !table.naming.contains($0.name) }.map { column -> SQL in
            "t.\(SQL.identifier(column.name)) = \(personID)"
        }
        if let account, table.columns.allSatisfy(\.isAccounts) {
            own += table.columns.map { "t.\(SQL.identifier($0.name)) = \(account)" }
        }
        if let (parent, by) = table.parent.map({ ($0.table, $0.by) }) ?? table.companion.map({ ($0.table, $0.by) }) {
            own += rows(of: parent, by).map { "t.\(SQL.identifier(by)) in (\($0))" }
        }
        var looks: [Look] = []
        let theirs = own.dropFirst().reduce(own.first) { (all: SQL?, next) in all.map { "\($0) or \(next)" } }
        if let theirs { looks.append(Look(condition: "\(here) and (\(theirs))")) }
        for column in table.columns where table.naming.contains(column.name) {
            let others: SQL = theirs.map { "and not coalesce(\($0), false)" } ?? ""
            looks.append(
                Look(
                    condition: "\(here) and t.\(SQL.identifier(column.name)) = \(personID) \(others)", only: shape.key + [column.name]))
        }
        return looks
    }

    private func rows(of parent: String, _ key: String) -> [SQL] {
        guard let whole = tables.first(where: { $0.name == parent }) else { return [] }
        return whole.columns.filter { !$0.isAccounts && !whole.naming.contains($0.name) }.map { column in
            """
            select \(SQL.identifier(key)) from \(SQL.identifier(parent))
            where organization_id = \(organizationID) and \(SQL.identifier(column.name)) = \(personID)
            """
        }
    }
}
