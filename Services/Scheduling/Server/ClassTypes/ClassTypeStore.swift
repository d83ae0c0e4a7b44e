import ContractKit
import Foundation
import Postgres
import SchedulingContract

struct ClassTypeStore {
    let organizationID: OrganizationID
    let tx: Transaction

    func insert(_ type: ClassType) async throws {
        try await tx.execute(
            """
            insert into class_types (
                organization_id, id, name, category, duration_minutes, capacity, price_amount, currency, color, created_at, updated_at,
                version
            ) values (
                \(organizationID), \(type.id), \(type.name), \(type.category), \(type.durationMinutes), \(type.capacity),
                \(type.price.amount), \(type.price.currency), \(type.color), \(type.createdAt), \(type.createdAt), \(type.version)
            )
            """)
    }

    func find(_ id: ClassTypeID) async throws -> ClassType? {
        try await tx.first(
            """
            select id, name, category, duration_minutes, capacity, price_amount, currency, color, created_at, version
            from class_types where organization_id = \(organizationID) and id = \(id)
            """, as: ClassTypeRow.self
        )?.classType
    }

    /// In the order they were added, from the one after `last`; `count` at most.
    func list(after last: ClassTypeID?, count: Int) async throws -> [ClassType] {
        let isLater: SQL = last.map { "and id > \($0)" } ?? ""
        return try await tx.query(
            """
            select id, name, category, duration_minutes, capacity, price_amount, currency, color, created_at, version
            from class_types
            where organization_id = \(organizationID) \(isLater)
            order by id
            limit \(count)
            """, as: ClassTypeRow.self
        ).map(\.classType)
    }
}

/// A class type as its table holds it: money in two columns.
private struct ClassTypeRow: Decodable, Sendable {
    var id: ClassTypeID
    var name: Line
    var category: ClassCategory
    var durationMinutes: Minutes
    var capacity: Capacity
    var priceAmount: Int64
    var currency: CurrencyCode
    var color: HexColor?
    var createdAt: Date
    var version: Int64

    var classType: ClassType {
        ClassType(
            id: id, name: name, category: category, durationMinutes: durationMinutes, capacity: capacity,
            price: Money(amount: priceAmount, currency: currency), color: color, createdAt: createdAt, version: version)
    }
}
