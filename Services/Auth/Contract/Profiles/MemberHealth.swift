public import ContractKit
public import Foundation

/// What a doctor would ask. Each list has at most fifty entries.
public struct MedicalInfo: Codable, Sendable, Hashable {
    public var conditions: [Line]
    public var medications: [Line]
    public var allergies: [Line]

    public init(conditions: [Line] = [], medications: [Line] = [], allergies: [Line] = []) {
        self.conditions = conditions
        self.medications = medications
        self.allergies = allergies
    }
}

/// A member's health: for the member and for those who train them, and for nobody else, whoever they are.
public struct MemberHealth: Codable, Sendable, Equatable, Versioned {
    public var memberID: PersonID
    /// What to mind in training; empty for nothing.
    public var specialSituation: Paragraph
    public var medicalInfo: MedicalInfo
    @Nullable public var goals: Paragraph?
    public var updatedAt: Date
    public var version: Int64

    public init(
        memberID: PersonID, specialSituation: Paragraph, medicalInfo: MedicalInfo, goals: Paragraph?, updatedAt: Date, version: Int64
    ) {
        self.memberID = memberID
        self.specialSituation = specialSituation
        self.medicalInfo = medicalInfo
        self.goals = goals
        self.updatedAt = updatedAt
        self.version = version
    }
}

extension MemberHealth: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID)] }
}

/// 404 until somebody has written it.
public struct GetMemberHealth: APIOperation {
    public static let route = Route.get("/v1/members/{member_id}/health")
    public static let summary = "A member's health, for themselves and for those who train them"
    public static let access = Access.any(.own(.trainer), .own(.member))
    public static let reads: MemberData? = .health
    public typealias Output = MemberHealth

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}

/// Writes the whole of it: what is left out is none.
public struct PutMemberHealth: APIOperation {
    public static let route = Route.put("/v1/members/{member_id}/health")
    public static let summary = "Write a member's health, for themselves and for those who train them"
    public static let access = Access.any(.own(.trainer), .own(.member))
    public typealias Output = MemberHealth

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }

    public struct Body: Codable, Sendable {
        public var specialSituation: Paragraph
        public var medicalInfo: MedicalInfo?
        public var goals: Paragraph?

        public init(specialSituation: Paragraph, medicalInfo: MedicalInfo? = nil, goals: Paragraph? = nil) {
            self.specialSituation = specialSituation
            self.medicalInfo = medicalInfo
            self.goals = goals
        }
    }
}
