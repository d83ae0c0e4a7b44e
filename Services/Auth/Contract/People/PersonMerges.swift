public import ContractKit
public import Foundation

public enum MergingService: String, Words {
    case auth, scheduling, workouts, billing, notifications
}

/// What is known of people besides their ids.
public enum MergeField: String, Words {
    case fullName = "full_name"
    case email, phone, bio
    case profilePhotoURL = "profile_photo_url"
    case photo
    case trainingPhase = "training_phase"
    case motivation
    case dateOfBirth = "date_of_birth"
    case emergencyContact = "emergency_contact"
    case source
    case homeLocation = "home_location"
    case preferences, metadata, health, specializations, certifications
    case trainerBio = "trainer_bio"
    case experience
    case businessName = "business_name"
    case licenseNumber = "license_number"
    case parentTrainer = "parent_trainer"
    case settings
    case trainerHealth = "trainer_health"
}

/// What two people who are one come to.
public struct PersonMergePlan: Codable, Sendable, Equatable {
    /// What the kept person did not have, wholly or in part, and takes from the duplicate.
    public var filled: [MergeField]
    /// What both have, each another: the kept person's stays. The duplicate's is kept with their row, and shown to nobody.
    public var conflicts: [MergeField]
    /// Those of both, sorted.
    public var roles: [Role]
    /// Whether the kept person signs in with the duplicate's account from then on.
    public var movesAccount: Bool

    public init(filled: [MergeField], conflicts: [MergeField], roles: [Role], movesAccount: Bool) {
        self.filled = filled
        self.conflicts = conflicts
        self.roles = roles
        self.movesAccount = movesAccount
    }
}

/// Two people were merged: what each service has done.
public struct PersonMerge: Codable, Sendable, Equatable, Versioned {
    public var id: PersonMergeID
    public var keptID: PersonID
    public var duplicateID: PersonID
    /// Null when it was somebody who was erased since.
    @Nullable public var requestedBy: PersonID?
    public var createdAt: Date
    /// When the last of the services had done so: from then on everything is found under the kept person.
    @Nullable public var finishedAt: Date?
    public var services: [MergePart]
    public var version: Int64

    public init(
        id: PersonMergeID, keptID: PersonID, duplicateID: PersonID, requestedBy: PersonID?, createdAt: Date, finishedAt: Date?,
        services: [MergePart], version: Int64
    ) {
        self.id = id
        self.keptID = keptID
        self.duplicateID = duplicateID
        self.requestedBy = requestedBy
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.services = services
        self.version = version
    }
}

/// What one service did.
public struct MergePart: Codable, Sendable, Equatable {
    public var service: MergingService
    /// Null until the service has answered; it is waited for as long as it takes.
    @Nullable public var mergedAt: Date?
    /// What became of the duplicate's rows.
    public var deeds: [MergeDeed]

    public init(service: MergingService, mergedAt: Date?, deeds: [MergeDeed]) {
        self.service = service
        self.mergedAt = mergedAt
        self.deeds = deeds
    }
}

/// Makes everything that is a duplicate's the person's: the same human, who signed up and was typed in as well. The duplicate is removed with
/// it, which cannot be undone. Takes a fresh sign-in, and an owner where one of them is an admin. A dry run says what would happen in auth,
/// and what would be refused.
public struct MergePeople: APIOperation {
    public static let route = Route.post("/v1/people/{person_id}/merges")
    public static let summary = "Merge a duplicate into the person"
    public static let access = Access.any(.staff(.managePeople))
    public static let success = 200
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public static let problems: [ProblemKind] = [.samePerson, .ownerInMerge, .bothSignIn]

    /// Who is kept.
    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }

    public struct Body: Codable, Sendable {
        public var duplicateID: PersonID
        /// Only says what it would do.
        public var dryRun: Bool?

        public init(duplicateID: PersonID, dryRun: Bool? = nil) {
            self.duplicateID = duplicateID
            self.dryRun = dryRun
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        public var plan: PersonMergePlan
        /// Null for a dry run.
        @Nullable public var merge: PersonMerge?

        public init(plan: PersonMergePlan, merge: PersonMerge?) {
            self.plan = plan
            self.merge = merge
        }
    }
}

public struct ListPersonMerges: APIOperation {
    public static let route = Route.get("/v1/person-merges")
    public static let summary = "Who was merged into whom, the last first, and what became of it"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = Page<PersonMerge>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetPersonMerge: APIOperation {
    public static let route = Route.get("/v1/person-merges/{merge_id}")
    public static let summary = "How far a merge is, and what became of the duplicate's rows"
    public static let access = Access.any(.staff(.managePeople))
    public typealias Output = PersonMerge

    public var mergeID: PersonMergeID

    public init(mergeID: PersonMergeID) { self.mergeID = mergeID }
}
