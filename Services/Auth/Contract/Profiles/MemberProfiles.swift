public import ContractKit
public import Foundation

public enum NoteRule: TextRule {
    public static let length = 1...10_000
    public static let allowsLineBreaks = true
}

/// What somebody says in their own words: 1 to 10,000 characters, with line breaks.
public typealias Note = BoundedText<NoteRule>

/// How somebody came to be a member.
public enum MemberSource: String, Words {
    case referral
    case walkIn = "walk-in"
    case online
    case other
}

/// Who is called when something happens to a member.
public struct EmergencyContact: Codable, Sendable, Hashable {
    public var fullName: Line
    public var phone: PhoneNumber
    /// What they are to the member: `sister`.
    public var relationship: Line?

    public init(fullName: Line, phone: PhoneNumber, relationship: Line? = nil) {
        self.fullName = fullName
        self.phone = phone
        self.relationship = relationship
    }
}

/// What is known of a member besides who they are; health is apart (``MemberHealth``).
public struct MemberProfile: Codable, Sendable, Equatable, Versioned {
    public var memberID: PersonID
    /// Null until somebody writes the profile, as is `motivation`.
    @Nullable public var trainingPhase: Note?
    @Nullable public var motivation: Note?
    @Nullable public var dateOfBirth: LocalDay?
    @Nullable public var emergencyContact: EmergencyContact?
    @Nullable public var source: MemberSource?
    @Nullable public var homeLocationID: LocationID?
    public var preferences: FreeForm
    public var metadata: FreeForm
    public var joinedAt: Date
    public var version: Int64

    public init(
        memberID: PersonID, trainingPhase: Note?, motivation: Note?, dateOfBirth: LocalDay?, emergencyContact: EmergencyContact?,
        source: MemberSource?, homeLocationID: LocationID?, preferences: FreeForm, metadata: FreeForm, joinedAt: Date, version: Int64
    ) {
        self.memberID = memberID
        self.trainingPhase = trainingPhase
        self.motivation = motivation
        self.dateOfBirth = dateOfBirth
        self.emergencyContact = emergencyContact
        self.source = source
        self.homeLocationID = homeLocationID
        self.preferences = preferences
        self.metadata = metadata
        self.joinedAt = joinedAt
        self.version = version
    }
}

extension MemberProfile: ShowsMembers {
    public var shown: [ShownMember] { [ShownMember(memberID)] }
}

public struct GetMemberProfile: APIOperation {
    public static let route = Route.get("/v1/members/{member_id}/profile")
    public static let summary = "A member's profile; trainers see those who are theirs, members their own"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer), .own(.member))
    public static let reads: MemberData? = .client
    public typealias Output = MemberProfile

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}

/// Writes the whole profile: what is left out is none.
public struct PutMemberProfile: APIOperation {
    public static let route = Route.put("/v1/members/{member_id}/profile")
    public static let summary = "Write a member's profile; trainers write those who are theirs, members their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public typealias Output = MemberProfile

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }

    public struct Body: Codable, Sendable {
        public var trainingPhase: Note
        public var motivation: Note
        /// Not in the future.
        public var dateOfBirth: LocalDay?
        public var emergencyContact: EmergencyContact?
        public var source: MemberSource?
        public var homeLocationID: LocationID?
        public var preferences: FreeForm?
        public var metadata: FreeForm?

        public init(
            trainingPhase: Note, motivation: Note, dateOfBirth: LocalDay? = nil, emergencyContact: EmergencyContact? = nil,
            source: MemberSource? = nil, homeLocationID: LocationID? = nil, preferences: FreeForm? = nil, metadata: FreeForm? = nil
        ) {
            self.trainingPhase = trainingPhase
            self.motivation = motivation
            self.dateOfBirth = dateOfBirth
            self.emergencyContact = emergencyContact
            self.source = source
            self.homeLocationID = homeLocationID
            self.preferences = preferences
            self.metadata = metadata
        }
    }
}

/// How many members came which way.
public struct CountMemberSources: APIOperation {
    public static let route = Route.get("/v1/member-sources")
    public static let summary = "How many members came which way"
    public static let access = Access.any(.staff(.readPeople))

    public init() {}

    public struct Output: Codable, Sendable, Equatable {
        /// The commonest first.
        public var data: [Count]

        public init(data: [Count]) { self.data = data }
    }

    public struct Count: Codable, Sendable, Equatable {
        /// Null for those of whom it is not known.
        @Nullable public var source: MemberSource?
        public var members: Int

        public init(source: MemberSource?, members: Int) {
            self.source = source
            self.members = members
        }
    }
}
