import ContractKit

/// A service that exists only here, with one operation of each sort the edge tells apart.
enum ToyContract: ServiceContract {
    static let name = "toy"
    static let summary = "Things to play with"
    static let operations: [any APIOperation.Type] = [
        GetThing.self, NewestThing.self, ListParts.self, MakeThing.self, ChangeThing.self, ReadNotice.self, LeaveNote.self, Upload.self,
    ]
    static let events: [any Event.Type] = []
}

struct Thing: Codable, Sendable {
    var id: OrganizationID
    var label: String
}

struct GetThing: APIOperation {
    static let route = Route.get("/v1/things/{thing_id}")
    static let summary = "Read a thing"
    static let access = Access.signedIn
    var thingID: OrganizationID
    typealias Output = Thing
}

struct NewestThing: APIOperation {
    static let route = Route.get("/v1/things/newest")
    static let summary = "Read the newest thing"
    static let access = Access.everyone
    typealias Output = Thing
}

struct ListParts: APIOperation {
    static let route = Route.get("/v1/things/{thing_id}/parts")
    static let summary = "List the parts of a <thing>"
    static let access = Access.any(.staff(.manageBilling), .own(.member))
    var thingID: OrganizationID
    var limit: PageLimit?
    typealias Output = Page<Thing>
}

struct MakeThing: APIOperation {
    static let route = Route.post("/v1/things")
    static let summary = "Make a thing"
    static let access = Access.signedIn
    static let problems = [ProblemKind("thing-exists", 409, "There is such a thing already")]
    struct Body: Codable, Sendable {
        var label: String
        var price: Money?
    }
    typealias Output = Thing
}

struct ChangeThing: APIOperation {
    static let route = Route.patch("/v1/things/{thing_id}")
    static let summary = "Change a thing"
    static let access = Access.signedIn
    var thingID: OrganizationID
    struct Body: Codable, Sendable { var label: String? }
    typealias Output = Thing
}

struct ReadNotice: APIOperation {
    static let route = Route.get("/v1/notice")
    static let summary = "Read the notice"
    static let access = Access.everyone
    typealias Output = Thing
}

struct LeaveNote: APIOperation {
    static let route = Route.post("/v1/notice")
    static let summary = "Leave a note"
    static let access = Access.everyone
    static let bodyLimit = 1000
    struct Body: Codable, Sendable { var text: String }
    typealias Output = Thing
}

struct Upload: APIOperation {
    static let route = Route.put("/v1/upload")
    static let summary = "Send a lot"
    static let access = Access.everyone
    static let bodyLimit = 100 << 20
    struct Body: Codable, Sendable { var text: String }
    typealias Output = NoContent
}
