/// A service has made a duplicate's rows those of the person who is kept: what became of them in each of its tables.
///
/// Each service says it of itself; auth, which asked for it, collects what they say.
public struct PersonMergeDone<Service: ServiceContract>: Event, Equatable {
    public static var type: String { "\(Service.name).person.merged.v1" }
    public static var summary: String { "The \(Service.name) service has merged two people who are one" }

    public var organizationID: OrganizationID
    public var mergeID: PersonMergeID
    public var keptID: PersonID
    public var duplicateID: PersonID
    public var deeds: [MergeDeed]

    public var aggregate: Aggregate { Aggregate("person_merge", mergeID, version: 1) }

    public init(organizationID: OrganizationID, mergeID: PersonMergeID, keptID: PersonID, duplicateID: PersonID, deeds: [MergeDeed]) {
        self.organizationID = organizationID
        self.mergeID = mergeID
        self.keptID = keptID
        self.duplicateID = duplicateID
        self.deeds = deeds
    }
}

public enum PersonMergeTag {}
public typealias PersonMergeID = Identifier<PersonMergeTag>

/// What became of a duplicate's rows in one table.
public struct MergeDeed: Codable, Sendable, Equatable {
    /// The table, without its schema.
    public var table: String
    public var outcome: MergeOutcome
    public var rows: Int

    public init(table: String, outcome: MergeOutcome, rows: Int) {
        self.table = table
        self.outcome = outcome
        self.rows = rows
    }
}

public enum MergeOutcome: String, Words {
    /// The row is the kept person's now.
    case moved
    /// As `moved`, and it lies beside another of the kept person's at the same time: somebody has to decide.
    case overlapping
    /// What the row held is in one of the kept person's.
    case joined
    /// A booking or an assignment that ended, as the kept person has the same.
    case ended
    /// The row went, as the kept person has the same.
    case dropped
    /// The row went with the kept person, who has been erased.
    case erased
}
