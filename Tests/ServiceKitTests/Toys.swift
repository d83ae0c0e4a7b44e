import ContractKit
import Foundation
import Postgres
import ServiceKit
import TestSupport

// A service of its own, small enough to know by heart: what fails here fails for ServiceKit's reasons.

enum ToyTag {}
typealias ToyID = Identifier<ToyTag>

enum ToyColor: String, Words { case red, blue }

struct Toy: Codable, Sendable, Versioned, Equatable {
    var id: ToyID
    var name: Line
    var weight: Int
    var version: Int64
}

struct CreateToy: APIOperation {
    static let route = Route.post("/v1/toys")
    static let summary = "Make a toy"
    static let access: Access = .any(.staff(.manageTimetable))
    static let bodyLimit = 4000
    struct Body: Codable, Sendable {
        var name: Line
        var weight: Rating
        var color: ToyColor?
        var owner: PersonID?
        var madeAt: Date?
        var price: Money?
    }
    typealias Output = Toy
}

struct GetToy: APIOperation {
    static let route = Route.get("/v1/toys/{toy_id}")
    static let summary = "Show a toy"
    static let access: Access = .signedIn
    var toyID: ToyID
    typealias Output = Toy
}

struct ListToys: APIOperation {
    static let route = Route.get("/v1/toys")
    static let summary = "List toys"
    static let access: Access = .signedIn
    var limit: PageLimit?
    var q: SearchText?
    var since: Date?
    var owner: PersonID?
    typealias Output = Page<Toy>
}

struct RenameToy: APIOperation {
    static let route = Route.patch("/v1/toys/{toy_id}")
    static let summary = "Rename a toy"
    static let access: Access = .any(.staff(.manageTimetable), .own(.trainer))
    var toyID: ToyID
    struct Body: Codable, Sendable { var name: Line }
    typealias Output = Toy
}

struct DeleteToy: APIOperation {
    static let route = Route.delete("/v1/toys/{toy_id}")
    static let summary = "Delete a toy"
    static let access: Access = .any(.staff(.manageTimetable))
    var toyID: ToyID
    typealias Output = NoContent
}

struct Greet: APIOperation {
    static let route = Route.post("/v1/greetings")
    static let summary = "Say hello"
    static let access: Access = .everyone
    struct Body: OptionalBody { var name: Line? }
    struct Output: Codable, Sendable, Equatable {
        var text: String
        var token: String
    }
}

/// Runs `statement`: how the database's refusals look from outside.
struct Provoke: APIOperation {
    static let route = Route.post("/v1/provocations")
    static let summary = "Provoke the database"
    static let access: Access = .signedIn
    struct Body: Codable, Sendable { var statement: Line }
    typealias Output = NoContent
}

enum ToyEndpoints {
    static func all(_ more: [Endpoint] = []) -> [Endpoint] {
        [
            .handle(CreateToy.self) { call, tx in
                let caller = try call.caller
                return try await tx.one(
                    """
                    insert into toys (organization_id, toy_id, name, weight)
                    values (\(caller.organizationID), \(ToyID(now: call.now)), \(call.body.name), \(call.body.weight))
                    returning toy_id as id, name, weight, version
                    """)
            },
            .handle(GetToy.self) { call, tx in
                let toy = try await tx.first(
                    "select toy_id as id, name, weight, version from toys where toy_id = \(call.input.toyID)", as: Toy.self)
                guard let toy else { throw Problem.notFound }
                return toy
            },
            .handle(ListToys.self) { call, tx in
                let limit = call.input.limit ?? .standard
                let toys = try await tx.query(
                    "select toy_id as id, name, weight, version from toys order by toy_id limit \(limit.rawValue + 1)", as: Toy.self)
                return Page(rows: toys, limit: limit) { Cursor($0.id) }
            },
            .handle(RenameToy.self) { call, tx in
                let toy = try await tx.first(
                    """
                    update toys set name = \(call.body.name), version = version + 1
                    where toy_id = \(call.input.toyID) and (\(call.expectedVersion)::bigint is null or version = \(call.expectedVersion)::bigint)
                    returning toy_id as id, name, weight, version
                    """, as: Toy.self)
                guard let toy else { throw Problem(call.expectedVersion == nil ? .notFound : .preconditionFailed) }
                return toy
            },
            .handle(DeleteToy.self) { call, tx in
                guard try await tx.execute("delete from toys where toy_id = \(call.input.toyID)") == 1 else { throw Problem.notFound }
                return NoContent()
            },
            .handle(Greet.self, preparing: { call in call.body.name?.rawValue ?? "you" }) { call, name, tx in
                Greet.Output(text: "Hello, \(name)", token: UUID().uuidString)
            },
            .handle(Provoke.self) { call, tx in
                try await tx.execute("select provoke(\(call.body.statement))")
                return NoContent()
            },
        ] + more
    }

    static let table = """
        create table billing.toys (
            organization_id uuid not null, toy_id uuid not null, name text not null, weight int not null, version bigint not null default 1,
            constraint toys_pkey primary key (organization_id, toy_id),
            constraint toys_name_once unique (organization_id, name), constraint toys_weight_check check (weight <= 9));
        alter table billing.toys enable row level security;
        alter table billing.toys force row level security;
        create policy tenant on billing.toys to billing
            using (organization_id = (select app.organization_id())) with check (organization_id = (select app.organization_id()));
        grant select, insert, update, delete on billing.toys to billing;
        create function billing.provoke(statement text) returns void language plpgsql as
            $$ begin execute 'do $do$ begin ' || statement || '; end $do$'; end $$;
        grant execute on function billing.provoke to billing;
        """
}

/// Toys of two organizations, and a service that keeps them.
struct ToyShop: Sendable {
    let service: ServiceUnderTest
    let lent: TestDatabase
    let organization = OrganizationID()
    /// Whose token ``owner`` is.
    let person = PersonID()
    let owner: String

    static func open<Result: Sendable>(
        _ more: [Endpoint] = [], limits: ServerLimits = ServerLimits(), _ body: @Sendable (ToyShop) async throws -> Result
    ) async throws -> Result {
        try await withDatabase(.billing) { lent in
            try await lent.sql(ToyEndpoints.table)
            let keys = try await TestKeys.make()
            let database = lent.open()
            return try await withEndpoints(named: "billing", ToyEndpoints.all(more), database: database, keys: keys, limits: limits) {
                service in
                let shop = try await ToyShop(service: service, lent: lent)
                return try await body(shop)
            }
        }
    }

    private init(service: ServiceUnderTest, lent: TestDatabase) async throws {
        self.service = service
        self.lent = lent
        owner = try await service.token(roles: [.owner], organization: organization, person: person)
    }

    func count(_ table: String = "billing.toys") async throws -> String { try await lent.sql("select count(*) from \(table)") }

    func make(_ name: Line, key: String? = nil) async throws -> Toy {
        try await service.call(CreateToy(), body: .init(name: name, weight: 3), token: owner, idempotencyKey: key)
    }
}

/// Tells a test that something happened, once.
actor Signal {
    private var isGiven = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func give() {
        isGiven = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func wait() async {
        if isGiven { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
