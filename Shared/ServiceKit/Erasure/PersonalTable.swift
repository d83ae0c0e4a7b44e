/// What a table holds of people, and what becomes of it when one of them is erased, or merged into another. A service lists every table it has; a test compares
/// the lists with the catalogue.
public struct PersonalTable: Sendable {
    /// What happens to rows that name the person in a column.
    public enum Fate: Sendable {
        /// They go.
        case deleted
        /// They stay, and the column is empty.
        case blanked
        /// They stay, with a made-up id in the column.
        case pseudonymized
        /// They go with their person's row, by a foreign key.
        case deletedWithPerson
        /// They go with the account, when nobody else is behind it.
        case deletedWithAccount
        /// They stay, and say so in the report.
        case kept
    }

    /// What happens to rows that name somebody who turns out to be somebody else.
    public enum Merging: Sendable, Equatable {
        /// They are the kept person's. `counts`: one version up, as whoever reads the row by its version sees another person.
        case moved(counts: Bool)
        /// The same, but for rows that the kept person has as well, by these other columns: those go.
        case movedUnlessSame(by: [String])
        /// They go: the kept person has their own.
        case dropped
        /// The service has rules of its own for them.
        case settled
        /// They stay under the old id, with the reason.
        case stays(String)
    }

    public let name: String
    /// The columns that hold people's ids, or their accounts'.
    public let columns: [(name: String, fate: Fate)]
    /// The table whose rows take this one's along, what both are joined by, and what the audit log knows this one's by.
    let parent: (table: String, by: String, key: String)?
    /// Whether its rows are a person's by another table's alone.
    public var isPart: Bool { parent != nil }
    /// Why rows stay, or why there is nothing of anybody's in the table.
    public let reason: String?

    public private(set) var whenMerged = Merging.moved(counts: false)

    private init(
        _ name: String, _ columns: [(name: String, fate: Fate)], parent: (table: String, by: String, key: String)? = nil, reason: String?
    ) {
        (self.name, self.columns, self.parent, self.reason) = (name, columns, parent, reason)
    }

    /// Rows that name people, by the fate of each column. In the order in which statements may touch them.
    ///
    /// - Parameter reason: Why rows stay, if any do.
    public static func rows(_ name: String, _ columns: KeyValuePairs<String, Fate>, _ reason: String? = nil) -> PersonalTable {
        PersonalTable(name, columns.map { (name: $0.key, fate: $0.value) }, reason: reason)
    }

    /// Rows that are a person's by those of another table, whose `deleted` rows they go with. Stands before that one.
    public static func parts(_ name: String, of parent: String, by column: String, key: String) -> PersonalTable {
        PersonalTable(name, [], parent: (parent, column, key), reason: nil)
    }

    /// What stays as it is, though it names people.
    public static func kept(_ name: String, _ columns: [String], _ reason: String) -> PersonalTable {
        PersonalTable(name, columns.map { (name: $0, fate: .kept) }, reason: reason)
    }

    /// What holds nothing of anybody's.
    public static func nobodys(_ name: String, _ reason: String) -> PersonalTable { PersonalTable(name, [], reason: reason) }

    /// With what happens when two people are merged, where that is more than moving.
    public func merging(_ rule: Merging) -> PersonalTable {
        var table = self
        table.whenMerged = rule
        return table
    }

    /// The tables that every service has.
    public static let ofEveryService: [PersonalTable] = [
        .kept("audit_log", ["actor_id"], "that something was done, by whom and when, has to be shown; what it said of the person is blank")
            .merging(.stays("that something was done, and by whom, is not rewritten")),
        .nobodys("audit_seals", "digests"),
        .kept("erased_people", ["person_id"], "the id alone, so that a late event brings nobody back")
            .merging(.stays("nobody who is merged was erased")),
        .rows("idempotency_keys", ["person_id": .deleted]).merging(.dropped),
        .nobodys("inbox", "ids of events"),
        .nobodys("jobs", "names and times"),
        .rows("merged_people", ["person_id": .deleted, "kept_id": .deleted]).merging(.settled),
        .nobodys("outbox", "events are gone an hour after they were said; those that carry the person's fields go at once"),
    ]
}
