public import ContractKit

/// A trainer's document will not count for much longer, or does not count any more.
public struct TrainerDocumentExpiring: Event, Equatable {
    public static let type = "auth.trainer_document.expiring.v1"
    public static let summary = "A trainer's document runs out within 30 days, within 7 days, or has run out: said once of each"

    public var organizationID: OrganizationID
    public var documentID: TrainerDocumentID
    public var trainerID: PersonID
    public var kind: TrainerDocumentKind
    /// The last day on which it counts.
    public var expiresOn: LocalDay
    /// Whether that day is over.
    public var hasExpired: Bool
    /// Who runs the place: they are told as well.
    public var staffIDs: [PersonID]
    /// Counts what was said of this document.
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("trainer_document_expiry", documentID, version: version) }

    public init(
        organizationID: OrganizationID, documentID: TrainerDocumentID, trainerID: PersonID, kind: TrainerDocumentKind,
        expiresOn: LocalDay, hasExpired: Bool, staffIDs: [PersonID], version: Int64
    ) {
        self.organizationID = organizationID
        self.documentID = documentID
        self.trainerID = trainerID
        self.kind = kind
        self.expiresOn = expiresOn
        self.hasExpired = hasExpired
        self.staffIDs = staffIDs
        self.version = version
    }
}
