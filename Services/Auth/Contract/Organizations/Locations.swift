public import ContractKit
public import Foundation

public enum PostalCodeRule: TextRule {
    public static let length = 1...20
    public static let allowsLineBreaks = false
}

/// A postal code as written on an envelope.
public typealias PostalCode = BoundedText<PostalCodeRule>

/// Where mail and people find a location.
public struct Address: Codable, Sendable, Hashable {
    public var street: Line
    public var city: Line
    public var province: Line
    public var postalCode: PostalCode
    public var country: Line

    public init(street: Line, city: Line, province: Line, postalCode: PostalCode, country: Line) {
        self.street = street
        self.city = city
        self.province = province
        self.postalCode = postalCode
        self.country = country
    }
}

/// How people reach a location.
public struct ContactInfo: Codable, Sendable, Hashable {
    public var phone: PhoneNumber?
    public var email: EmailAddress?
    public var website: WebAddress?

    public init(phone: PhoneNumber? = nil, email: EmailAddress? = nil, website: WebAddress? = nil) {
        self.phone = phone
        self.email = email
        self.website = website
    }
}

/// A place where an organization works. Every window of time at it is computed in its zone.
public struct Location: Codable, Sendable, Equatable, Versioned {
    public var id: LocationID
    public var name: Line
    public var timeZone: TimeZoneID
    /// Null for the location that sign-up makes.
    @Nullable public var address: Address?
    @Nullable public var contact: ContactInfo?
    /// What the tax office knows it by.
    @Nullable public var businessNumber: Line?
    /// The location that it is a branch of.
    @Nullable public var parentID: LocationID?
    /// One location of an organization is: that of the sign-up, until another takes over.
    public var isHeadquarters: Bool
    /// Who answers for it, and alone can hand it on.
    @Nullable public var ownerID: PersonID?
    /// An inactive one takes no new sessions.
    public var isActive: Bool
    public var settings: FreeForm
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: LocationID, name: Line, timeZone: TimeZoneID, address: Address?, contact: ContactInfo? = nil, businessNumber: Line? = nil,
        parentID: LocationID? = nil, isHeadquarters: Bool = false, ownerID: PersonID? = nil, isActive: Bool = true,
        settings: FreeForm = .empty, createdAt: Date,
        updatedAt: Date? = nil, version: Int64 = 1
    ) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.address = address
        self.contact = contact
        self.businessNumber = businessNumber
        self.parentID = parentID
        self.isHeadquarters = isHeadquarters
        self.ownerID = ownerID
        self.isActive = isActive
        self.settings = settings
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.version = version
    }
}

public struct CreateLocation: APIOperation {
    public static let route = Route.post("/v1/locations")
    public static let summary = "Add a location"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let problems: [ProblemKind] = [.headquartersTaken]
    public typealias Output = Location

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line
        /// The organization's own when left out.
        public var timeZone: TimeZoneID?
        public var address: Address
        public var contact: ContactInfo?
        public var businessNumber: Line?
        public var parentID: LocationID?
        public var isHeadquarters: Bool?
        public var settings: FreeForm?

        public init(
            name: Line, timeZone: TimeZoneID? = nil, address: Address, contact: ContactInfo? = nil, businessNumber: Line? = nil,
            parentID: LocationID? = nil, isHeadquarters: Bool? = nil, settings: FreeForm? = nil
        ) {
            self.name = name
            self.timeZone = timeZone
            self.address = address
            self.contact = contact
            self.businessNumber = businessNumber
            self.parentID = parentID
            self.isHeadquarters = isHeadquarters
            self.settings = settings
        }
    }
}

/// Changes what is given and keeps the rest; `contact`, `address` and `settings` are given as a whole. Who works at some locations only
/// changes no others (403).
public struct UpdateLocation: APIOperation {
    public static let route = Route.patch("/v1/locations/{location_id}")
    public static let summary = "Change a location"
    public static let access = Access.any(.staff(.manageLocations))
    public static let problems: [ProblemKind] = [.headquartersTaken]
    public typealias Output = Location

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }

    public struct Body: Codable, Sendable {
        public var name: Line?
        public var timeZone: TimeZoneID?
        public var address: Address?
        public var contact: ContactInfo?
        public var businessNumber: Line?
        public var isHeadquarters: Bool?
        public var isActive: Bool?
        public var settings: FreeForm?

        public init(
            name: Line? = nil, timeZone: TimeZoneID? = nil, address: Address? = nil, contact: ContactInfo? = nil,
            businessNumber: Line? = nil, isHeadquarters: Bool? = nil, isActive: Bool? = nil, settings: FreeForm? = nil
        ) {
            self.name = name
            self.timeZone = timeZone
            self.address = address
            self.contact = contact
            self.businessNumber = businessNumber
            self.isHeadquarters = isHeadquarters
            self.isActive = isActive
            self.settings = settings
        }
    }
}

/// Makes a location a branch of another.
public struct MoveLocation: APIOperation {
    public static let route = Route.put("/v1/locations/{location_id}/parent")
    public static let summary = "Say which location this one is a branch of"
    public static let access = Access.any(.staff(.manageOrganization))
    public typealias Output = Location

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }

    public struct Body: Codable, Sendable {
        public var parentID: LocationID

        public init(parentID: LocationID) { self.parentID = parentID }
    }
}

/// Makes a location a branch of none.
public struct DetachLocation: APIOperation {
    public static let route = Route.delete("/v1/locations/{location_id}/parent")
    public static let summary = "Say that this location is no branch"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let success = 200
    public typealias Output = Location

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }
}

/// Hands a location on to somebody else who works here. Only its owner does; of one whose owner is gone, an owner of the organization.
public struct TransferLocation: APIOperation {
    public static let route = Route.put("/v1/locations/{location_id}/owner")
    public static let summary = "Hand a location on to another owner"
    public static let access = Access.any(.staff(.manageOrganization), .own(.trainer))
    public static let problems: [ProblemKind] = [.notTheOwner]
    public typealias Output = Location

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }

    public struct Body: Codable, Sendable {
        public var ownerID: PersonID

        public init(ownerID: PersonID) { self.ownerID = ownerID }
    }
}

/// Hides a location that has no branches. What took place there keeps it.
public struct DeleteLocation: APIOperation {
    public static let route = Route.delete("/v1/locations/{location_id}")
    public static let summary = "Remove a location"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let problems: [ProblemKind] = [.locationHasBranches]
    public typealias Output = NoContent

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }
}

public struct ListLocations: APIOperation {
    public static let route = Route.get("/v1/locations")
    public static let summary = "The locations, oldest first"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Page<Location>

    /// Only the branches of this one.
    public var parentID: LocationID?
    /// Only those of this owner.
    public var ownerID: PersonID?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(parentID: LocationID? = nil, ownerID: PersonID? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.parentID = parentID
        self.ownerID = ownerID
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetLocation: APIOperation {
    public static let route = Route.get("/v1/locations/{location_id}")
    public static let summary = "One location"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Location

    public var locationID: LocationID

    public init(locationID: LocationID) { self.locationID = locationID }
}
