public import ContractKit
public import Foundation

/// A trainer. Their email address, telephone and license numbers, locations and settings are null for callers who may not read people.
public struct Trainer: Codable, Sendable, Equatable, Versioned {
    public var id: PersonID
    public var fullName: Line
    @Nullable public var email: EmailAddress?
    @Nullable public var phone: PhoneNumber?
    /// Sorted.
    public var roles: [Role]
    /// The locations at which alone they work; empty for everywhere.
    @Nullable public var locationIDs: [LocationID]?
    public var specializations: [Line]
    public var certifications: [Line]
    /// What members read about them.
    @Nullable public var bio: Paragraph?
    /// Where they trained whom, and for how long.
    @Nullable public var experience: Paragraph?
    @Nullable public var businessName: Line?
    @Nullable public var licenseNumber: Line?
    /// The trainer whom they work under.
    @Nullable public var parentTrainerID: PersonID?
    /// What applications keep for them.
    @Nullable public var settings: FreeForm?
    public var hasAccount: Bool
    public var isActive: Bool
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: PersonID, fullName: Line, email: EmailAddress?, phone: PhoneNumber?, roles: [Role],
        locationIDs: [LocationID]? = nil, specializations: [Line], certifications: [Line], bio: Paragraph?, experience: Paragraph?,
        businessName: Line?, licenseNumber: Line?,
        parentTrainerID: PersonID?, settings: FreeForm?, hasAccount: Bool, isActive: Bool, createdAt: Date, updatedAt: Date, version: Int64
    ) {
        self.id = id
        self.fullName = fullName
        self.email = email
        self.phone = phone
        self.roles = roles
        self.locationIDs = locationIDs
        self.specializations = specializations
        self.certifications = certifications
        self.bio = bio
        self.experience = experience
        self.businessName = businessName
        self.licenseNumber = licenseNumber
        self.parentTrainerID = parentTrainerID
        self.settings = settings
        self.hasAccount = hasAccount
        self.isActive = isActive
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

/// Adds a trainer. With `password` they can sign in at once; without it they are invited.
public struct CreateTrainer: APIOperation {
    public static let route = Route.post("/v1/trainers")
    public static let summary = "Add a trainer"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.emailTaken]
    public typealias Output = Trainer

    public init() {}

    public struct Body: Codable, Sendable {
        public var fullName: Line
        public var email: EmailAddress
        public var phone: PhoneNumber?
        /// At most fifty.
        public var specializations: [Line]?
        /// At most fifty.
        public var certifications: [Line]?
        public var bio: Paragraph?
        public var experience: Paragraph?
        public var businessName: Line?
        public var licenseNumber: Line?
        public var settings: FreeForm?
        /// Needs an email address that no account has yet.
        public var password: Password?

        public init(
            fullName: Line, email: EmailAddress, phone: PhoneNumber? = nil, specializations: [Line]? = nil,
            certifications: [Line]? = nil, bio: Paragraph? = nil, experience: Paragraph? = nil, businessName: Line? = nil,
            licenseNumber: Line? = nil, settings: FreeForm? = nil, password: Password? = nil
        ) {
            self.fullName = fullName
            self.email = email
            self.phone = phone
            self.specializations = specializations
            self.certifications = certifications
            self.bio = bio
            self.experience = experience
            self.businessName = businessName
            self.licenseNumber = licenseNumber
            self.settings = settings
            self.password = password
        }
    }
}

public struct ListTrainers: APIOperation {
    public static let route = Route.get("/v1/trainers")
    public static let summary = "The trainers, newest first"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Page<Trainer>

    /// Part of a name, or a whole email address.
    public var query: SearchText?
    /// Only those who say so of themselves, in these very words.
    public var specialization: Line?
    public var certification: Line?
    /// Only those who work there now.
    public var locationID: LocationID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(
        query: SearchText? = nil, specialization: Line? = nil, certification: Line? = nil, locationID: LocationID? = nil,
        limit: PageLimit? = nil, cursor: Cursor? = nil
    ) {
        self.query = query
        self.specialization = specialization
        self.certification = certification
        self.locationID = locationID
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetTrainer: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}")
    public static let summary = "One trainer"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Trainer

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}

/// Changes what is given and keeps the rest. The address to sign in with stays: it is the account's.
public struct UpdateTrainer: APIOperation {
    public static let route = Route.patch("/v1/trainers/{trainer_id}")
    public static let summary = "Change a trainer; trainers change themselves"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public static let problems: [ProblemKind] = [.emailTaken, .hasOtherRoles]
    public typealias Output = Trainer

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Body: Codable, Sendable {
        public var fullName: Line?
        public var email: EmailAddress?
        public var phone: PhoneNumber?
        /// At most fifty.
        public var specializations: [Line]?
        /// At most fifty.
        public var certifications: [Line]?
        public var bio: Paragraph?
        public var experience: Paragraph?
        public var businessName: Line?
        public var licenseNumber: Line?
        public var settings: FreeForm?
        /// For staff to say. False ends the login sessions and keeps from signing in.
        public var isActive: Bool?

        public init(
            fullName: Line? = nil, email: EmailAddress? = nil, phone: PhoneNumber? = nil, specializations: [Line]? = nil,
            certifications: [Line]? = nil, bio: Paragraph? = nil, experience: Paragraph? = nil, businessName: Line? = nil,
            licenseNumber: Line? = nil, settings: FreeForm? = nil, isActive: Bool? = nil
        ) {
            self.fullName = fullName
            self.email = email
            self.phone = phone
            self.specializations = specializations
            self.certifications = certifications
            self.bio = bio
            self.experience = experience
            self.businessName = businessName
            self.licenseNumber = licenseNumber
            self.settings = settings
            self.isActive = isActive
        }
    }
}

/// Hides the trainer everywhere and ends their login sessions. What they hold stays in the timetable.
public struct DeleteTrainer: APIOperation {
    public static let route = Route.delete("/v1/trainers/{trainer_id}")
    public static let summary = "Remove a trainer"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.hasOtherRoles]
    public typealias Output = NoContent

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}
