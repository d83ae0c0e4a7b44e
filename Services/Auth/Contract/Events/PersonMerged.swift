public import ContractKit

/// Two people turned out to be one: every service makes what it has of the duplicate the kept person's, and answers with ``PersonMergeDone``.
public struct PersonMerged: Event, Equatable {
    public static let type = "auth.person.merged.v1"
    public static let summary = "Two people turned out to be one: what is the duplicate's is the kept person's"

    public var organizationID: OrganizationID
    public var mergeID: PersonMergeID
    public var keptID: PersonID
    public var duplicateID: PersonID

    public var aggregate: Aggregate { Aggregate("person_merge", mergeID, version: 1) }

    public init(organizationID: OrganizationID, mergeID: PersonMergeID, keptID: PersonID, duplicateID: PersonID) {
        self.organizationID = organizationID
        self.mergeID = mergeID
        self.keptID = keptID
        self.duplicateID = duplicateID
    }
}
