public import ContractKit
public import Foundation

public enum AssignmentTag {}
public typealias AssignmentID = Identifier<AssignmentTag>

/// A trainer who looks after a member. A member may have any number of trainers, and whoever has one has exactly one primary trainer.
public struct Assignment: Codable, Sendable, Equatable {
    public var id: AssignmentID
    public var memberID: PersonID
    public var trainerID: PersonID
    public var isPrimary: Bool
    public var startedAt: Date

    public init(id: AssignmentID, memberID: PersonID, trainerID: PersonID, isPrimary: Bool, startedAt: Date) {
        self.id = id
        self.memberID = memberID
        self.trainerID = trainerID
        self.isPrimary = isPrimary
        self.startedAt = startedAt
    }
}

/// All trainers of one member.
public struct Assignments: Codable, Sendable, Equatable {
    /// The primary one first, the others in the order in which they came.
    public var data: [Assignment]

    public init(data: [Assignment]) { self.data = data }
}

public struct ListAssignments: APIOperation {
    public static let route = Route.get("/v1/members/{member_id}/trainers")
    public static let summary = "The trainers of a member"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer), .own(.member))
    public typealias Output = Assignments

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }
}

/// Assigns a trainer, as the primary one if the member has none; who is assigned already stays what they are.
public struct AssignTrainer: APIOperation {
    public static let route = Route.put("/v1/members/{member_id}/trainers/{trainer_id}")
    public static let summary = "Assign a further trainer to a member"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Assignments

    public var memberID: PersonID
    public var trainerID: PersonID

    public init(memberID: PersonID, trainerID: PersonID) {
        self.memberID = memberID
        self.trainerID = trainerID
    }
}

/// Hands a member to another primary trainer.
public struct SetPrimaryTrainer: APIOperation {
    public static let route = Route.put("/v1/members/{member_id}/primary-trainer")
    public static let summary = "Make a trainer the member's primary one"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Assignments

    public var memberID: PersonID

    public init(memberID: PersonID) { self.memberID = memberID }

    public struct Body: Codable, Sendable {
        public var trainerID: PersonID
        /// Whether the former primary trainer stays assigned as a further one; if not, the member leaves their list.
        public var keepsFormer: Bool?

        public init(trainerID: PersonID, keepsFormer: Bool? = nil) {
            self.trainerID = trainerID
            self.keepsFormer = keepsFormer
        }
    }
}

/// Ends an assignment. When it was the primary one, the trainer who came first of the others becomes primary.
public struct UnassignTrainer: APIOperation {
    public static let route = Route.delete("/v1/members/{member_id}/trainers/{trainer_id}")
    public static let summary = "End a trainer's assignment to a member"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = NoContent

    public var memberID: PersonID
    public var trainerID: PersonID

    public init(memberID: PersonID, trainerID: PersonID) {
        self.memberID = memberID
        self.trainerID = trainerID
    }
}
