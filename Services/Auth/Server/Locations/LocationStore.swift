import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

struct LocationStore: Sendable {
    /// How many steps there may be from a branch to the location that is no branch.
    static let deepest = 20

    /// - Parameter followsTimeZone: Whether its zone is the organization's, whatever that will be.
    /// - Throws: ``Problem`` `.headquartersTaken`.
    func insert(_ location: Location, of organization: OrganizationID, followsTimeZone: Bool, in tx: Transaction) async throws -> Location {
        try await write(
            """
            insert into locations (organization_id, location_id, name, time_zone, follows_time_zone, address, contact, business_number, parent_id,
                is_headquarters, owner_id, is_active, settings, created_at, updated_at)
            values (\(organization), \(location.id), \(location.name), \(location.timeZone), \(followsTimeZone), \(try JSONB.text(location.address))::jsonb,
                \(try JSONB.text(location.contact))::jsonb, \(location.businessNumber), \(location.parentID), \(location.isHeadquarters),
                \(location.ownerID), \(location.isActive), \(try JSONB.text(location.settings))::jsonb, \(location.createdAt), \(location.createdAt))
            """, in: tx)
        try await say(location, of: organization, in: tx)
        return location
    }

    /// Writes a location that was found `locked`, one version up.
    ///
    /// - Throws: ``Problem`` `.headquartersTaken`.
    func save(_ location: Location, of organization: OrganizationID, now: Date, in tx: Transaction) async throws -> Location {
        var saved = location
        saved.version += 1
        saved.updatedAt = now
        try await write(
            """
            update locations set name = \(location.name), time_zone = \(location.timeZone),
                follows_time_zone = follows_time_zone and time_zone = \(location.timeZone),
                address = \(try JSONB.text(location.address))::jsonb,
                contact = \(try JSONB.text(location.contact))::jsonb, business_number = \(location.businessNumber),
                parent_id = \(location.parentID), is_headquarters = \(location.isHeadquarters), owner_id = \(location.ownerID), is_active = \(location.isActive),
                settings = \(try JSONB.text(location.settings))::jsonb, updated_at = \(now), version = \(saved.version)
            where organization_id = \(organization) and location_id = \(location.id)
            """, in: tx)
        try await say(saved, of: organization, in: tx)
        return saved
    }

    /// Those that have no zone of their own move to the organization's new one.
    func move(to timeZone: TimeZoneID, of organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        let moved: [LocationRow] = try await tx.query(
            """
            update locations set time_zone = \(timeZone), updated_at = \(now), version = version + 1
            where organization_id = \(organization) and follows_time_zone and deleted_at is null
            returning \(LocationRow.columns)
            """)
        for row in moved { try await say(row.location, of: organization, in: tx) }
    }

    /// Hides a location that was found `locked`.
    func delete(_ location: Location, of organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        var deleted = location
        deleted.version += 1
        deleted.isActive = false
        try await tx.execute(
            """
            update locations set is_active = false, deleted_at = \(now), updated_at = \(now), version = \(deleted.version)
            where organization_id = \(organization) and location_id = \(location.id)
            """)
        try await say(deleted, of: organization, in: tx)
    }

    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func find(_ organization: OrganizationID, _ id: LocationID, locked: Bool = false, in tx: Transaction) async throws -> Location? {
        let lock: SQL = locked ? "for update" : ""
        return try await tx.first(
            """
            select \(LocationRow.columns) from locations
            where organization_id = \(organization) and location_id = \(id) and deleted_at is null \(lock)
            """, as: LocationRow.self
        )?.location
    }

    func list(
        _ organization: OrganizationID, branchesOf parent: LocationID?, ownedBy owner: PersonID?, cursor: Cursor?, limit: PageLimit,
        in tx: Transaction
    ) async throws -> Page<Location> {
        let after: LocationID? = cursor?.id(0)
        let further: SQL = after.map { "and location_id > \($0)" } ?? ""
        let branches: SQL = parent.map { "and parent_id = \($0)" } ?? ""
        let owned: SQL = owner.map { "and owner_id = \($0)" } ?? ""
        let rows: [LocationRow] = try await tx.query(
            """
            select \(LocationRow.columns) from locations
            where organization_id = \(organization) and deleted_at is null \(branches) \(owned) \(further)
            order by location_id limit \(limit.rawValue + 1)
            """)
        return Page(rows: try rows.map { try $0.location }, limit: limit) { Cursor($0.id) }
    }

    /// Whether the organization has each of these, which are all different.
    func areThere(_ ids: [LocationID], of organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        let found: Int = try await tx.one(
            """
            select count(*) from locations
            where organization_id = \(organization) and location_id = any(\(ids)::uuid[]) and deleted_at is null
            """)
        return found == ids.count
    }

    func hasBranches(_ id: LocationID, _ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            "select 1 from locations where organization_id = \(organization) and parent_id = \(id) and deleted_at is null limit 1",
            as: Int.self) != nil
    }

    /// - Throws: ``Problem`` `.validation` when there is no such location, when it is a branch of `branch` itself, or when the way up
    ///   is too long.
    func checkParent(_ parent: LocationID, of branch: LocationID?, _ organization: OrganizationID, in tx: Transaction) async throws {
        let upwards: [LocationID] = try await tx.query(
            """
            with recursive up (location_id, parent_id, step) as (
                select location_id, parent_id, 1 from locations
                where organization_id = \(organization) and location_id = \(parent) and deleted_at is null
                union all
                select l.location_id, l.parent_id, up.step + 1
                from up join locations l on l.organization_id = \(organization) and l.location_id = up.parent_id
                where up.step <= \(Self.deepest))
            select location_id from up
            """)
        if upwards.isEmpty { throw Problem.invalid("#/parent_id", "must be one of the organization's locations") }
        if let branch, upwards.contains(branch) { throw Problem.invalid("#/parent_id", "must not be a branch of the location itself") }
        if upwards.count >= Self.deepest { throw Problem.invalid("#/parent_id", "is a branch of too many already") }
    }

    private func write(_ sql: SQL, in tx: Transaction) async throws {
        do { try await tx.execute(sql) } catch let error as DatabaseError {
            throw error.refusal(["locations_headquarters_key": .headquartersTaken])
        }
    }

    private func say(_ location: Location, of organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.emit(
            LocationSaved(
                organizationID: organization, locationID: location.id, name: location.name, timeZone: location.timeZone,
                isActive: location.isActive, version: location.version))
    }
}

private struct LocationRow: Decodable, Sendable {
    static let columns: SQL = """
        location_id, name, time_zone, address::text, contact::text, business_number, parent_id, is_headquarters, owner_id, is_active,
        settings::text, created_at, updated_at, version
        """

    var locationID: LocationID
    var name: Line
    var timeZone: TimeZoneID
    var address: String?
    var contact: String?
    var businessNumber: Line?
    var parentID: LocationID?
    var isHeadquarters: Bool
    var ownerID: PersonID?
    var isActive: Bool
    var settings: String
    var createdAt: Date
    var updatedAt: Date
    var version: Int64

    var location: Location {
        get throws {
            Location(
                id: locationID, name: name, timeZone: timeZone, address: try JSONB.value(address), contact: try JSONB.value(contact),
                businessNumber: businessNumber, parentID: parentID, isHeadquarters: isHeadquarters, ownerID: ownerID, isActive: isActive,
                settings: try JSONB.value(settings) ?? .empty, createdAt: createdAt, updatedAt: updatedAt, version: version)
        }
    }
}
