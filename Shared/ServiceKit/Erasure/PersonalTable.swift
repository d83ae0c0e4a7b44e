/// What a table holds of people, what becomes of it when one of them is erased or merged into another, and what is handed out of it when one of them, or their
/// organization, asks for everything. A service lists every table it has; a test compares the lists with the catalogue.
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

    /// A column that holds people's ids, or their accounts'.
    public struct Column: Sendable {
        public let name: String
        public let fate: Fate

        /// Whether it holds an account's id.
        var isAccounts: Bool {
            if case .deletedWithAccount = fate { true } else { false }
        }
    }

    public let name: String
    /// The columns that hold people's ids, or their accounts'.
    public let columns: [Column]
    /// The table whose rows take this one's along, what both are joined by, and what the audit log knows this one's by.
    let parent: (table: String, by: String, key: String)?
    /// Whether its rows are a person's by another table's alone.
    public var isPart: Bool { parent != nil }
    /// Why rows stay, or why there is nothing of anybody's in the table.
    public let reason: String?

    /// The columns that are opened before they are handed out.
    public private(set) var sealed: [SealedColumn] = []
    /// The columns that are handed out to nobody, each with its reason.
    public private(set) var leftOut: [String: String] = [:]
    /// The columns that name a person in a row that is somebody else's: of such a row they get the key and the column.
    public private(set) var naming: Set<String> = []
    /// Rows that go along with those of another table, though erasing them is another matter: the table, and what both are joined by.
    private(set) var companion: (table: String, by: String)?
    /// Whether rows of another table take its rows along when they are handed out.
    public var goesAlong: Bool { isPart || companion != nil }
    /// Why nothing of it is handed out.
    public private(set) var isUnexported: String?
    public private(set) var whenMerged = Merging.moved(counts: false)

    private init(
        _ name: String, _ columns: [Column], parent: (table: String, by: String, key: String)? = nil, reason: String?
    ) {
        (self.name, self.columns, self.parent, self.reason) = (name, columns, parent, reason)
    }

    /// Rows that name people, by the fate of each column. In the order in which statements may touch them.
    ///
    /// - Parameter reason: Why rows stay, if any do.
    public static func rows(_ name: String, _ columns: KeyValuePairs<String, Fate>, _ reason: String? = nil) -> PersonalTable {
        PersonalTable(name, columns.map { Column(name: $0.key, fate: $0.value) }, reason: reason)
    }

    /// Rows that are a person's by those of another table, whose `deleted` rows they go with. Stands before that one.
    public static func parts(_ name: String, of parent: String, by column: String, key: String) -> PersonalTable {
        PersonalTable(name, [], parent: (parent, column, key), reason: nil)
    }

    /// What stays as it is, though it names people.
    public static func kept(_ name: String, _ columns: [String], _ reason: String) -> PersonalTable {
        PersonalTable(name, columns.map { Column(name: $0, fate: .kept) }, reason: reason)
    }

    /// What holds nothing of anybody's.
    public static func nobodys(_ name: String, _ reason: String) -> PersonalTable { PersonalTable(name, [], reason: reason) }

    public func opening(_ columns: SealedColumn...) -> PersonalTable { with { $0.sealed = columns } }

    /// - Parameter columns: Secrets, digests and what is somebody else's, each with its reason.
    public func without(_ columns: KeyValuePairs<String, String>) -> PersonalTable {
        with { $0.leftOut = Dictionary(uniqueKeysWithValues: columns.map { ($0.key, $0.value) }) }
    }

    public func merelyNaming(_ columns: String...) -> PersonalTable { with { $0.naming = Set(columns) } }
    public func along(with table: String, by column: String) -> PersonalTable { with { $0.companion = (table, column) } }

    /// Its rows say nothing that is not handed out elsewhere, or nothing that anybody but us could read.
    public func unexported(_ reason: String) -> PersonalTable { with { $0.isUnexported = reason } }

    /// With what happens when two people are merged, where that is more than moving.
    public func merging(_ rule: Merging) -> PersonalTable { with { $0.whenMerged = rule } }

    private func with(_ change: (inout PersonalTable) -> Void) -> PersonalTable {
        var changed = self
        change(&changed)
        return changed
    }

    /// The tables that every service has.
    public static let ofEveryService: [PersonalTable] = [
        .kept("audit_log", ["actor_id"], "that something was done, by whom and when, has to be shown; what it said of the person is blank")
            .without([
                "old_values": "what a row said then, of whomever", "new_values": "what a row said then, of whomever", "erased": "digests",
            ])
            .merging(.stays("that something was done, and by whom, is not rewritten")),
        .nobodys("audit_seals", "digests"),
        .kept("erased_people", ["person_id"], "the id alone, so that a late event brings nobody back")
            .merging(.stays("nobody who is merged was erased")),
        .rows("idempotency_keys", ["person_id": .deleted]).unexported("answers of the last day, which repeat what is kept elsewhere")
            .merging(.dropped),
        .nobodys("inbox", "ids of events"),
        .nobodys("jobs", "names and times"),
        .rows("merged_people", ["person_id": .deleted, "kept_id": .deleted]).merging(.settled),
        .nobodys("outbox", "events are gone an hour after they were said; those that carry the person's fields go at once")
            .unexported("events on their way, which say what is kept elsewhere"),
    ]
}
