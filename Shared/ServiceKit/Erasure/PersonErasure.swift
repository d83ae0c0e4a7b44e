public import ContractKit
public import Foundation
public import Postgres

/// Erases a person from a service's schema, in one transaction: ``begin()``, whatever the service ends of theirs, ``finish()``.
public struct PersonErasure: Sendable {
    public let organizationID: OrganizationID
    public let personID: PersonID
    /// What takes the person's place where a row has to stay.
    public let pseudonym = PersonID.pseudonym()
    let tables: [PersonalTable]
    let tx: Transaction

    public init(of personID: PersonID, in organizationID: OrganizationID, from tables: [PersonalTable], _ tx: Transaction) {
        (self.organizationID, self.personID, self.tables, self.tx) = (organizationID, personID, tables, tx)
    }

    /// From here on no event brings anything of the person into the schema, nor of those who were merged into them; what was just doing so is
    /// waited for.
    public func begin() async throws {
        try await tx.execute(
            """
            select pg_advisory_xact_lock(hashtextextended(current_schema() || '.erasing/' || \(organizationID)::uuid, 0))
            """)
        try await tx.execute(
            """
            insert into erased_people (organization_id, person_id)
            select \(organizationID)::uuid, \(personID)::uuid
            union all
            select organization_id, person_id from merged_people where organization_id = \(organizationID) and kept_id = \(personID)
            on conflict do nothing
            """)
    }

    /// Deletes, blanks and replaces what the tables are listed with.
    ///
    /// - Parameters:
    ///   - alias: What else tells who the person is: the id of an account that goes with them.
    ///   - last: What has to go behind the tables' rows.
    /// - Returns: What became of how many rows, table by table; what there was nothing in is left out.
    public func finish(
        alias: UUID? = nil, last: @Sendable () async throws -> [ErasureDeed] = { [] }
    ) async throws -> [ErasureDeed] {
        try await tx.execute("select set_config('app.erasing', \(personID.description), true)")
        let former: [PersonID] = try await tx.query(
            "select person_id from merged_people where organization_id = \(organizationID) and kept_id = \(personID) order by person_id")
        let ids = [personID] + former
        var (deeds, records): ([ErasureDeed], [UUID]) = ([], [])
        for table in tables {
            if let parent = table.parent {
                let gone = try await deleteParts(table.name, parent, of: ids)
                records += gone
                deeds.append(ErasureDeed(table: table.name, outcome: .deleted, rows: gone.count))
            }
            for column in table.columns {
                if let deed = try await settle(column.name, column.fate, table, of: ids) { deeds.append(deed) }
            }
        }
        deeds += try await last()
        var blanked = 0
        // Each of them may have done something under their own id.
        for id in ids {
            let others = ids.filter { $0 != id }.map(\.rawValue) + (alias.map { [$0] } ?? [])
            blanked += try await forget([id.rawValue] + others, records)
        }
        let reason = tables.first { $0.name == "audit_log" }?.reason
        deeds.append(ErasureDeed(table: "audit_log", outcome: .blanked, rows: blanked, reason: reason))
        try await quieten(ids)
        // Others may be handled in the same transaction.
        try await tx.execute("select set_config('app.erasing', '', true)")
        return deeds.filter { $0.rows > 0 }
    }

    private func settle(
        _ column: String, _ fate: PersonalTable.Fate, _ table: PersonalTable, of ids: [PersonID]
    ) async throws -> ErasureDeed? {
        let (name, field) = (SQL.identifier(table.name), SQL.identifier(column))
        let theirs: SQL = "organization_id = \(organizationID) and \(field) = any (\(ids)::uuid[])"
        func deed(_ outcome: ErasureOutcome, _ rows: Int) -> ErasureDeed {
            let stays = outcome == .pseudonymized || outcome == .kept
            return ErasureDeed(table: table.name, outcome: outcome, rows: rows, reason: stays ? table.reason : nil)
        }
        switch fate {
        case .deleted: return deed(.deleted, try await tx.execute("delete from \(name) where \(theirs)"))
        case .blanked: return deed(.blanked, try await tx.execute("update \(name) set \(field) = null where \(theirs)"))
        case .pseudonymized:
            return deed(.pseudonymized, try await tx.execute("update \(name) set \(field) = \(pseudonym) where \(theirs)"))
        // Counted before the person's row goes, which stands behind them.
        case .deletedWithPerson: return deed(.deleted, try await tx.one("select count(*) from \(name) where \(theirs)"))
        case .deletedWithAccount: return nil
        case .kept:
            guard table.name != "audit_log" else { return nil }
            return deed(.kept, try await tx.one("select count(*) from \(name) where \(theirs)"))
        }
    }

    /// - Returns: what the audit log knows the rows by.
    private func deleteParts(
        _ part: String, _ parent: (table: String, by: String, key: String), of ids: [PersonID]
    ) async throws -> [UUID] {
        guard let whole = tables.first(where: { $0.name == parent.table }) else { return [] }
        var gone: [UUID] = []
        for column in whole.columns {
            guard case .deleted = column.fate else { continue }
            gone += try await tx.query(
                """
                delete from \(SQL.identifier(part))
                where organization_id = \(organizationID) and \(SQL.identifier(parent.by)) in (
                    select \(SQL.identifier(parent.by)) from \(SQL.identifier(parent.table))
                    where organization_id = \(organizationID) and \(SQL.identifier(column.name)) = any (\(ids)::uuid[]))
                returning \(SQL.identifier(parent.key))
                """, as: UUID.self)
        }
        return gone
    }

    /// Blanks what the audit log says of them, a month at a time: a statement has a few seconds.
    private func forget(_ names: [UUID], _ records: [UUID]) async throws -> Int {
        let months: [Date] = try await tx.query(
            """
            select generate_series(date_trunc('month', min(created_at)), now(), '1 month') from audit_log
            where organization_id = \(organizationID)
            """)
        var rows = 0
        for month in months {
            rows += try await tx.one(
                """
                select audit_erase(
                    \(organizationID)::uuid, \(names)::uuid[], \(records)::uuid[], \(month)::timestamptz,
                    \(month)::timestamptz + interval '1 month')
                """)
        }
        return rows
    }

    /// Events that were said already and carry the person's own fields need not wait for their hour to be over.
    private func quieten(_ ids: [PersonID]) async throws {
        try await tx.execute(
            """
            delete from outbox
            where organization_id = \(organizationID) and published_at is not null and aggregate like any (\(ids.map { "%:\($0)" })::text[])
            """)
    }
}

extension PersonErasure {
    /// What the service tells of it.
    public func answer<Service: ServiceContract>(
        _ service: Service.Type, to request: ErasureRequestID, _ deeds: [ErasureDeed]
    ) -> PersonErased<Service> {
        PersonErased(organizationID: organizationID, erasureRequestID: request, personID: personID, deeds: deeds)
    }
}
