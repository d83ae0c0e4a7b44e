import ContractKit
import Foundation

// A contract of its own, so that these tests fail for ContractKit's reasons only.

enum ShelfTag {}
typealias ShelfID = Identifier<ShelfTag>

struct Shelf: Codable, Sendable, Versioned, Equatable {
    var id: ShelfID
    var name: Line
    var rating: Rating?
    @Nullable var emptiedAt: Date?
    var price: Money
    var version: Int64
}

struct SaveShelf: APIOperation {
    static let route = Route.put("/v1/shelves/{shelf_id}")
    static let summary = "Save a shelf"
    static let access: Access = .any(.staff(.manageTimetable), .own(.trainer))
    static let problems = [ProblemKind("shelf-full", 409, "The shelf is full")]
    var shelfID: ShelfID
    var notify: Bool?

    struct Body: Codable, Sendable, Equatable {
        var name: Line
        var rating: Rating?
        var price: Money
        var labels: [Line]
        var state: State
        var opensAt: Date?
    }
    enum State: String, Words { case open, closed }
    typealias Output = Shelf
}

struct ListShelves: APIOperation {
    static let route = Route.get("/v1/shelves")
    static let summary = "List shelves"
    static let access: Access = .signedIn
    var from: Date?
    var limit: PageLimit?
    var cursor: Cursor?
    var q: SearchText?
    var state: SaveShelf.State?
    typealias Output = Page<Shelf>
}

struct EmptyShelf: APIOperation {
    static let route = Route.post("/v1/shelves/{shelf_id}/empty")
    static let summary = "Empty a shelf"
    static let access: Access = .everyone
    var shelfID: ShelfID
    struct Body: OptionalBody { var reason: Line? }
    typealias Output = NoContent
}

struct ShelfEmptied: Event {
    static let type = "shelves.shelf.emptied.v1"
    static let summary = "A shelf was emptied"
    var organizationID: OrganizationID
    var shelfID: ShelfID
    var version: Int64
    var aggregate: Aggregate { Aggregate("shelf", shelfID, version: version) }
}

enum ShelvesContract: ServiceContract {
    static let name = "shelves"
    static let summary = "Shelves"
    static let operations: [any APIOperation.Type] = [SaveShelf.self, ListShelves.self, EmptyShelf.self]
    static let events: [any Event.Type] = [ShelfEmptied.self]
}

/// Members of types that Swift itself brings.
struct Loose: Codable {
    var text: String?
    var flag: Bool?
    var count: Int?
    var version: Int64?
    var weight: Double?
    var id: Int
}
