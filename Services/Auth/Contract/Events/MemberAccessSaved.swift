public import ContractKit

public enum MemberAccessTag {}

/// A trainer was assigned to a member or was granted to see one, or that changed or ended.
///
/// Team mates see more than this says: ``PersonSaved/parentTrainerID`` tells who leads whom.
public struct MemberAccessSaved: Event, Equatable {
    public static let type = "auth.member_access.saved.v1"
    public static let summary =
        "A trainer was assigned to a member or granted to see one, or no more; carries the whole state"

    public var organizationID: OrganizationID
    /// The assignment's or the grant's id.
    public var accessID: Identifier<MemberAccessTag>
    public var kind: Kind
    public var memberID: PersonID
    public var trainerID: PersonID
    public var level: AccessLevel
    /// Whether it is the assignment of the member's primary trainer.
    public var isPrimary: Bool
    /// False once it has ended.
    public var isActive: Bool
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("member_access", accessID, version: version) }

    public enum Kind: String, Words {
        case assigned, granted
    }

    public init(
        organizationID: OrganizationID, accessID: Identifier<MemberAccessTag>, kind: Kind, memberID: PersonID, trainerID: PersonID,
        level: AccessLevel, isPrimary: Bool, isActive: Bool, version: Int64
    ) {
        self.organizationID = organizationID
        self.accessID = accessID
        self.kind = kind
        self.memberID = memberID
        self.trainerID = trainerID
        self.level = level
        self.isPrimary = isPrimary
        self.isActive = isActive
        self.version = version
    }
}
