public import ContractKit

public enum EngagementTag {}
public typealias EngagementID = Identifier<EngagementTag>

/// On what terms a trainer works at a location.
public enum EngagementRole: String, Words {
    case contractor, employee
}

public enum EngagementStatus: String, Words {
    case active
    /// Whoever has left holds no new sessions there.
    case ended
}

/// A trainer works at a location.
public struct Engagement: Codable, Sendable, Equatable, Versioned {
    public var id: EngagementID
    public var trainerID: PersonID
    public var locationID: LocationID
    public var role: EngagementRole
    public var status: EngagementStatus
    public var startsOn: LocalDay
    /// The last day; null for no end in sight.
    @Nullable public var endsOn: LocalDay?
    public var version: Int64

    public init(
        id: EngagementID, trainerID: PersonID, locationID: LocationID, role: EngagementRole, status: EngagementStatus, startsOn: LocalDay,
        endsOn: LocalDay?, version: Int64
    ) {
        self.id = id
        self.trainerID = trainerID
        self.locationID = locationID
        self.role = role
        self.status = status
        self.startsOn = startsOn
        self.endsOn = endsOn
        self.version = version
    }
}

/// Where a trainer works, the first place first.
public struct Engagements: Codable, Sendable, Equatable {
    public var data: [Engagement]

    public init(data: [Engagement]) { self.data = data }
}

/// Says that a trainer works at a location. A trainer of whom nothing is said about a location may hold sessions there.
public struct EngageTrainer: APIOperation {
    public static let route = Route.post("/v1/trainers/{trainer_id}/engagements")
    public static let summary = "Say that a trainer works at a location"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.alreadyEngaged]
    public typealias Output = Engagement

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Body: Codable, Sendable {
        public var locationID: LocationID
        /// `contractor` when left out.
        public var role: EngagementRole?
        public var startsOn: LocalDay
        public var endsOn: LocalDay?

        public init(locationID: LocationID, role: EngagementRole? = nil, startsOn: LocalDay, endsOn: LocalDay? = nil) {
            self.locationID = locationID
            self.role = role
            self.startsOn = startsOn
            self.endsOn = endsOn
        }
    }
}

public struct ListEngagements: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}/engagements")
    public static let summary = "Where a trainer works; trainers see where they do themselves"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer))
    public typealias Output = Engagements

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}

/// Changes what is given and keeps the rest.
public struct UpdateEngagement: APIOperation {
    public static let route = Route.patch("/v1/trainers/{trainer_id}/engagements/{engagement_id}")
    public static let summary = "Change how a trainer works at a location, or end it"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Engagement

    public var trainerID: PersonID
    public var engagementID: EngagementID

    public init(trainerID: PersonID, engagementID: EngagementID) {
        self.trainerID = trainerID
        self.engagementID = engagementID
    }

    public struct Body: Codable, Sendable {
        public var role: EngagementRole?
        public var status: EngagementStatus?
        public var startsOn: LocalDay?
        public var endsOn: LocalDay?

        public init(
            role: EngagementRole? = nil, status: EngagementStatus? = nil, startsOn: LocalDay? = nil, endsOn: LocalDay? = nil
        ) {
            self.role = role
            self.status = status
            self.startsOn = startsOn
            self.endsOn = endsOn
        }
    }
}
