public import ContractKit

/// Puts a trainer under another one, who then sees the members of everybody below. The trainer sees those of the new lead.
public struct SetParentTrainer: APIOperation {
    public static let route = Route.put("/v1/trainers/{trainer_id}/parent")
    public static let summary = "Put a trainer under another one"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Trainer

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Body: Codable, Sendable {
        public var parentTrainerID: PersonID

        public init(parentTrainerID: PersonID) { self.parentTrainerID = parentTrainerID }
    }
}

/// Puts a trainer under nobody.
public struct RemoveParentTrainer: APIOperation {
    public static let route = Route.delete("/v1/trainers/{trainer_id}/parent")
    public static let summary = "Put a trainer under nobody"
    public static let access = Access.any(.staff(.managePeople))
    public static let success = 200
    public typealias Output = Trainer

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}

public struct ListTeam: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}/team")
    public static let summary = "The trainers below a trainer, at every depth"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer))

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Output: Codable, Sendable, Equatable {
        /// Those who are nearest first.
        public var data: [TeamMate]

        public init(data: [TeamMate]) { self.data = data }
    }
}

/// A trainer below another one.
public struct TeamMate: Codable, Sendable, Equatable {
    public var trainerID: PersonID
    public var fullName: Line
    public var parentTrainerID: PersonID
    /// Steps down from the trainer whose team it is: 1 is directly below.
    public var depth: Int

    public init(trainerID: PersonID, fullName: Line, parentTrainerID: PersonID, depth: Int) {
        self.trainerID = trainerID
        self.fullName = fullName
        self.parentTrainerID = parentTrainerID
        self.depth = depth
    }
}
