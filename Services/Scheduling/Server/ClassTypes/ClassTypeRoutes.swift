import ContractKit
import SchedulingContract
import ServiceKit

enum ClassTypeRoutes {
    static var all: [Endpoint] {
        [
            .handle(CreateClassType.self) { call, tx in
                let (organizationID, body) = (try call.caller.organizationID, call.body)
                let organization = try await ReadCopyStore(organizationID: organizationID, tx: tx).organization()
                guard let organization else {
                    // The first class type may follow the sign-up at once.
                    throw Problem(.unavailable, detail: "The organization is still being set up", retryAfter: 1)
                        .awaiting(organizationID.madeAt, now: call.now)
                }
                if let fault = PriceRules.fault(body.price, in: organization.currency, at: "#/price") {
                    throw Problem(.validation, errors: [fault])
                }
                let type = ClassType(
                    id: ClassTypeID(now: call.now), name: body.name, category: body.category, durationMinutes: body.durationMinutes,
                    capacity: body.capacity, price: body.price, color: body.color, createdAt: call.now, version: 1)
                try await ClassTypeStore(organizationID: organizationID, tx: tx).insert(type)
                return type
            },
            .handle(ListClassTypes.self) { call, tx in
                let (cursor, limit) = (call.input.cursor, call.input.limit ?? .standard)
                let last: ClassTypeID? = cursor?.id(0)
                if cursor != nil, last == nil { throw Problem.invalid("?cursor", Cursor.rule) }
                let types = ClassTypeStore(organizationID: try call.caller.organizationID, tx: tx)
                return Page(rows: try await types.list(after: last, count: limit.rawValue + 1), limit: limit) { Cursor($0.id) }
            },
        ]
    }
}
