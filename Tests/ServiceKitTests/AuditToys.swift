import ContractKit
import Postgres
import ServiceKit
import TestSupport

// Toys whose changes are logged, and which are members' data when they are looked at: each is its owner's, who made it.

enum ToyContract: ServiceContract {
    static let name = "billing"
    static let summary = "Toys"
    static let operations: [any APIOperation.Type] = []
    static let events: [any Event.Type] = []
}

struct ToySight: Codable, Sendable, ShowsMembers {
    var toyID: ToyID
    var ownerID: PersonID

    var shown: [ShownMember] { [ShownMember(ownerID, id: toyID.rawValue)] }
}

struct LookAtToy: APIOperation {
    static let route = Route.get("/v1/toys/{toy_id}/look")
    static let summary = "Look at a toy"
    static let access: Access = .signedIn
    static let reads: MemberData? = .client
    var toyID: ToyID
    typealias Output = ToySight
}

struct ExportToy: APIOperation {
    static let route = Route.get("/v1/toys/{toy_id}/export")
    static let summary = "Take a toy away"
    static let access: Access = .signedIn
    static let reads: MemberData? = .client
    static let accessKind = AccessKind.export
    var toyID: ToyID
    typealias Output = ToySight
}

extension ToyShop {
    static func openAudited<Result: Sendable>(_ body: @Sendable (ToyShop) async throws -> Result) async throws -> Result {
        try await open([
            .auditLog(of: ToyContract.self),
            .handle(LookAtToy.self) { call, tx in try await sight(call.input.toyID, call.caller, tx) },
            .handle(ExportToy.self) { call, tx in try await sight(call.input.toyID, call.caller, tx) },
        ]) { shop in
            try await shop.lent.sql(
                """
                create trigger audit after insert or update or delete on billing.toys
                    for each row execute function billing.audit('toy_id', 'weight')
                """)
            return try await body(shop)
        }
    }

    private static func sight(_ id: ToyID, _ caller: Caller, _ tx: Transaction) async throws -> ToySight {
        guard try await tx.first("select 1 from toys where toy_id = \(id)", as: Int.self) != nil else { throw Problem.notFound }
        return ToySight(toyID: id, ownerID: caller.personID)
    }
}
