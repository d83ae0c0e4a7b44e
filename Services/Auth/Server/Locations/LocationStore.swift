import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

struct LocationStore: Sendable {
    func insert(
        _ organization: OrganizationID, name: Line, timeZone: TimeZoneID, address: Address?, now: Date, in tx: Transaction
    ) async throws -> Location {
        let location = Location(
            id: LocationID(now: now), name: name, timeZone: timeZone, address: address, isActive: true, createdAt: now, version: 1)
        let json = try address.map { String(decoding: try JSON.encode($0), as: UTF8.self) }
        try await tx.execute(
            """
            insert into locations (organization_id, location_id, name, time_zone, address, created_at, updated_at)
            values (\(organization), \(location.id), \(name), \(timeZone), \(json)::jsonb, \(now), \(now))
            """)
        try await tx.emit(
            LocationSaved(
                organizationID: organization, locationID: location.id, name: name, timeZone: timeZone, isActive: true, version: 1))
        return location
    }

    func find(_ organization: OrganizationID, _ id: LocationID, in tx: Transaction) async throws -> Location? {
        try await tx.first(
            """
            select location_id, name, time_zone, address::text, is_active, created_at, version
            from locations where organization_id = \(organization) and location_id = \(id)
            """, as: Row.self
        )?.location
    }

    func list(_ organization: OrganizationID, cursor: Cursor?, limit: PageLimit, in tx: Transaction) async throws -> Page<Location> {
        let after: LocationID? = cursor?.id(0)
        let further: SQL = after.map { "and location_id > \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            select location_id, name, time_zone, address::text, is_active, created_at, version
            from locations
            where organization_id = \(organization) \(further)
            order by location_id limit \(limit.rawValue + 1)
            """)
        return Page(rows: try rows.map { try $0.location }, limit: limit) { Cursor($0.id) }
    }

    private struct Row: Decodable, Sendable {
        var locationID: LocationID
        var name: Line
        var timeZone: TimeZoneID
        var address: String?
        var isActive: Bool
        var createdAt: Date
        var version: Int64

        var location: Location {
            get throws {
                Location(
                    id: locationID, name: name, timeZone: timeZone,
                    address: try address.map { try JSON.decode(Address.self, from: Data($0.utf8)) }, isActive: isActive,
                    createdAt: createdAt, version: version)
            }
        }
    }
}
