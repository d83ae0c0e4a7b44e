public import ContractKit

/// A trainer's health: for themselves and those who run the place.
public struct TrainerHealth: Codable, Sendable, Equatable {
    public var trainerID: PersonID
    /// Null until it is written.
    @Nullable public var healthInfo: Paragraph?

    public init(trainerID: PersonID, healthInfo: Paragraph?) {
        self.trainerID = trainerID
        self.healthInfo = healthInfo
    }
}

public struct GetTrainerHealth: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}/health")
    public static let summary = "A trainer's health, for themselves and those who run the place"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = TrainerHealth

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}

public struct PutTrainerHealth: APIOperation {
    public static let route = Route.put("/v1/trainers/{trainer_id}/health")
    public static let summary = "Write a trainer's health, for themselves and those who run the place"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = TrainerHealth

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Body: Codable, Sendable {
        public var healthInfo: Paragraph

        public init(healthInfo: Paragraph) { self.healthInfo = healthInfo }
    }
}
