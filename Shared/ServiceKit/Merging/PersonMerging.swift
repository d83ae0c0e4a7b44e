public import ContractKit
public import Postgres

/// Makes a duplicate's rows in a service's schema the kept person's, in one transaction: ``begin(_:into:in:from:_:)``, whatever the service
/// settles by its own rules, ``finish()``.
public struct PersonMerging: Sendable {
    public let organizationID: OrganizationID
    public let duplicateID: PersonID
    /// Who the kept person is now: they may have been merged into somebody else meanwhile.
    public let keptID: PersonID
    /// Whether the kept person was erased meanwhile: the duplicate, who is the same human, has to be as well, and nothing is moved.
    public let keptIsErased: Bool
    let tables: [PersonalTable]
    let tx: Transaction

    /// From here on whatever events bring of the duplicate is the kept person's; what was just doing so is waited for.
    public static func begin(
        _ duplicate: PersonID, into kept: PersonID, in organization: OrganizationID, from tables: [PersonalTable], _ tx: Transaction
    ) async throws -> PersonMerging {
        struct Known: Decodable, Sendable {
            var personID: PersonID
            var isErased: Bool
        }
        try await tx.execute(
            """
            select pg_advisory_xact_lock(hashtextextended(current_schema() || '.erasing/' || \(organization)::uuid, 0))
            """)
        // Of two merges, A into B and B into C, either may be heard first.
        let known: Known = try await tx.one(
            """
            select now.person_id, exists (
                select from erased_people e where e.organization_id = \(organization) and e.person_id = now.person_id) as is_erased
            from (
                select coalesce((
                    select m.kept_id from merged_people m where m.organization_id = \(organization) and m.person_id = \(kept)
                ), \(kept)::uuid) as person_id
            ) now
            """)
        if !known.isErased {
            try await tx.execute(
                """
                insert into merged_people (organization_id, person_id, kept_id)
                values (\(organization), \(duplicate), \(known.personID)) on conflict do nothing
                """)
            try await tx.execute(
                """
                update merged_people set kept_id = \(known.personID)
                where organization_id = \(organization) and kept_id = \(duplicate)
                """)
            try await tx.execute("select set_config('app.merging', \(duplicate.description), true)")
        }
        return PersonMerging(
            organizationID: organization, duplicateID: duplicate, keptID: known.personID, keptIsErased: known.isErased, tables: tables,
            tx: tx)
    }

    /// Moves and drops what the tables are listed with.
    ///
    /// - Returns: What became of how many rows, table by table; what there was nothing in is left out.
    public func finish() async throws -> [MergeDeed] {
        var deeds: [MergeDeed] = []
        for table in tables { deeds += try await settle(table) }
        try await tx.execute("select set_config('app.merging', '', true)")
        return deeds
    }

    /// The same of one table, for those that have to wait for another or come before it.
    public func settle(_ name: String) async throws -> [MergeDeed] {
        var deeds: [MergeDeed] = []
        for table in tables where table.name == name { deeds += try await settle(table) }
        return deeds
    }

    private func settle(_ table: PersonalTable) async throws -> [MergeDeed] {
        var (moved, dropped) = (0, 0)
        for column in table.columns {
            switch table.whenMerged {
            case .moved(let counts): moved += try await move(column.name, of: table.name, counts: counts)
            case .movedUnlessSame(let keys):
                dropped += try await drop(column.name, of: table.name, sameBy: keys)
                moved += try await move(column.name, of: table.name, counts: false)
            case .dropped:
                let (name, field) = (SQL.identifier(table.name), SQL.identifier(column.name))
                dropped += try await tx.execute(
                    "delete from \(name) where organization_id = \(organizationID) and \(field) = \(duplicateID)")
            case .settled, .stays: break
            }
        }
        return [MergeDeed(table: table.name, outcome: .dropped, rows: dropped), MergeDeed(table: table.name, outcome: .moved, rows: moved)]
            .filter { $0.rows > 0 }
    }

    private func move(_ column: String, of table: String, counts: Bool) async throws -> Int {
        let (name, field) = (SQL.identifier(table), SQL.identifier(column))
        let count: SQL = counts ? ", version = version + 1, updated_at = now()" : ""
        return try await tx.execute(
            """
            update \(name) set \(field) = \(keptID) \(count) where organization_id = \(organizationID) and \(field) = \(duplicateID)
            """)
    }

    private func drop(_ column: String, of table: String, sameBy keys: [String]) async throws -> Int {
        let (name, field) = (SQL.identifier(table), SQL.identifier(column))
        let isSame = keys.map(SQL.identifier).reduce("" as SQL) { "\($0) and k.\($1) = d.\($1)" }
        return try await tx.execute(
            """
            delete from \(name) d where d.organization_id = \(organizationID) and d.\(field) = \(duplicateID) and exists (
                select from \(name) k where k.organization_id = d.organization_id and k.\(field) = \(keptID) \(isSame))
            """)
    }
}

extension PersonMerging {
    /// What the service tells of it.
    public func answer<Service: ServiceContract>(
        _ service: Service.Type, to merge: PersonMergeID, _ deeds: [MergeDeed]
    ) -> PersonMergeDone<Service> {
        PersonMergeDone(
            organizationID: organizationID, mergeID: merge, keptID: keptID, duplicateID: duplicateID, deeds: deeds.filter { $0.rows > 0 })
    }
}

extension MergeDeed {
    /// Of a duplicate who had to be erased like the one who was kept.
    public init(_ deed: ErasureDeed) { self.init(table: deed.table, outcome: .erased, rows: deed.rows) }
}
