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

/// A place where an organization works. Every window of time at it is computed in its zone.
public struct Location: Codable, Sendable, Equatable, Versioned {
    public var id: LocationID
    public var name: Line
    public var timeZone: TimeZoneID
    /// Null for the location that sign-up makes.
    @Nullable public var address: Address?
    public var isActive: Bool
    public var createdAt: Date
    public var version: Int64

    public init(id: LocationID, name: Line, timeZone: TimeZoneID, address: Address?, isActive: Bool, createdAt: Date, version: Int64) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.address = address
        self.isActive = isActive
        self.createdAt = createdAt
        self.version = version
    }
}

public struct CreateLocation: APIOperation {
    public static let route = Route.post("/v1/locations")
    public static let summary = "Add a location"
    public static let access = Access.any(.staff(.manageOrganization))
    public typealias Output = Location

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line
        /// The organization's own when left out.
        public var timeZone: TimeZoneID?
        public var address: Address

        public init(name: Line, timeZone: TimeZoneID? = nil, address: Address) {
            self.name = name
            self.timeZone = timeZone
            self.address = address
        }
    }
}

public struct ListLocations: APIOperation {
    public static let route = Route.get("/v1/locations")
    public static let summary = "The locations, oldest first"
    public static let access = Access.any(.staff(.readTimetable))
    public typealias Output = Page<Location>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
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
