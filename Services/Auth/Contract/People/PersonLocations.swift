public import ContractKit

/// Says at which locations somebody works, in place of what was said before; none for everywhere.
///
/// Of an admin only owners say it, and owners themselves work everywhere. Whoever works at some locations only sees and changes the sessions
/// and bookings there and no others (404), sees the members who are at home there or nowhere, changes no other location, and nothing that
/// is of the whole organization (403). Tokens that reach further end with the login sessions they belong to.
public struct SetPersonLocations: APIOperation {
    public static let route = Route.put("/v1/people/{person_id}/locations")
    public static let summary = "Say at which locations a person works"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let needsFreshSignIn = true
    public typealias Output = Person

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }

    public struct Body: Codable, Sendable {
        /// At most twenty-four. A location that is removed later stays one of them.
        public var locationIDs: [LocationID]

        public init(locationIDs: [LocationID]) { self.locationIDs = locationIDs }
    }
}
