public import ContractKit
public import Foundation

public enum MemberGrantTag {}
public typealias MemberGrantID = Identifier<MemberGrantTag>

/// What a trainer may do to one member.
public enum AccessLevel: String, Words, Comparable {
    case read
    /// Also change them.
    case write
    /// Also let other trainers see or change them.
    case admin

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }
}

/// Lets a trainer see one member to whom they are not assigned.
public struct MemberGrant: Codable, Sendable, Equatable {
    public var id: MemberGrantID
    public var memberID: PersonID
    public var trainerID: PersonID
    public var level: AccessLevel
    /// Null once they were erased.
    @Nullable public var grantedBy: PersonID?
    public var grantedAt: Date

    public init(
        id: MemberGrantID, memberID: PersonID, trainerID: PersonID, level: AccessLevel, grantedBy: PersonID?, grantedAt: Date
    ) {
        self.id = id
        self.memberID = memberID
        self.trainerID = trainerID
        self.level = level
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
    }
}

/// All grants on one member, the oldest first.
public struct MemberGrants: Codable, Sendable, Equatable {
    public var data: [MemberGrant]

    public init(data: [MemberGrant]) { self.data = data }
}

/// Lets a further trainer see a member. For staff, the primary trainer, and trainers who were granted `admin`.
public struct GrantMember: APIOperation {
    public static let route = Route.post("/v1/members/{member_id}/grants")
    public static let summary = "Let a further trainer see a member"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public static let problems: [ProblemKind] = [.alreadyGranted]
    public typealias Output = MemberGrant

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }

    public struct Body: Codable, Sendable {
        public var trainerID: PersonID
        /// `read` when left out.
        public var level: AccessLevel?

        public init(trainerID: PersonID, level: AccessLevel? = nil) {
            self.trainerID = trainerID
            self.level = level
        }
    }
}

public struct ListMemberGrants: APIOperation {
    public static let route = Route.get("/v1/members/{member_id}/grants")
    public static let summary = "Which further trainers see a member"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer), .own(.member))
    public typealias Output = MemberGrants

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}

/// Takes a grant back; it ends at once. For whoever may grant.
public struct RevokeMemberGrant: APIOperation {
    public static let route = Route.delete("/v1/members/{member_id}/grants/{grant_id}")
    public static let summary = "Take back a grant on a member"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = NoContent

    public var memberID: PersonID
    public var grantID: MemberGrantID

    public init(memberID: PersonID, grantID: MemberGrantID) {
        self.memberID = memberID
        self.grantID = grantID
    }
}
