import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var locationEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateLocation.self, createLocation),
            Endpoint.handle(ListLocations.self, listLocations),
            Endpoint.handle(GetLocation.self, getLocation),
            Endpoint.handle(UpdateLocation.self, updateLocation),
            Endpoint.handle(MoveLocation.self, moveLocation),
            Endpoint.handle(DetachLocation.self, detachLocation),
            Endpoint.handle(TransferLocation.self, transferLocation),
            Endpoint.handle(DeleteLocation.self, deleteLocation),
        ]
    }

    @Sendable private func createLocation(_ call: Call<CreateLocation>, _ tx: Transaction) async throws -> Location {
        let (organization, body) = (try call.caller.organizationID, call.body)
        var timeZone = body.timeZone
        if timeZone == nil { timeZone = try await organizations.find(organization, in: tx)?.timeZone }
        guard let timeZone else { throw Problem.notFound }
        if let parent = body.parentID { try await locations.checkParent(parent, of: nil, organization, in: tx) }
        let location = Location(
            id: LocationID(now: call.now), name: body.name, timeZone: timeZone, address: body.address, contact: body.contact,
            businessNumber: body.businessNumber, parentID: body.parentID, isHeadquarters: body.isHeadquarters ?? false,
            ownerID: try await owner(call, in: tx),
            settings: body.settings ?? .empty, createdAt: call.now)
        return try await locations.insert(location, of: organization, followsTimeZone: body.timeZone == nil, in: tx)
    }

    @Sendable private func listLocations(_ call: Call<ListLocations>, _ tx: Transaction) async throws -> Page<Location> {
        try await locations.list(
            call.caller.organizationID, branchesOf: call.input.parentID, ownedBy: call.input.ownerID, cursor: call.input.cursor,
            limit: call.input.limit ?? .standard,
            in: tx)
    }

    @Sendable private func getLocation(_ call: Call<GetLocation>, _ tx: Transaction) async throws -> Location {
        try await location(call.input.locationID, call, in: tx)
    }

    @Sendable private func updateLocation(_ call: Call<UpdateLocation>, _ tx: Transaction) async throws -> Location {
        let before = try await location(call.input.locationID, call, locked: true, in: tx)
        try call.caller.requireWork(at: before.id)
        return try await save(before.changed(by: call.body), before, call, in: tx)
    }

    @Sendable private func moveLocation(_ call: Call<MoveLocation>, _ tx: Transaction) async throws -> Location {
        let organization = try call.caller.organizationID
        // Two that become branches of each other at once would make a circle that neither can see.
        try await organizations.lock(organization, in: tx)
        let before = try await location(call.input.locationID, call, locked: true, in: tx)
        try await locations.checkParent(call.body.parentID, of: before.id, organization, in: tx)
        var after = before
        after.parentID = call.body.parentID
        return try await save(after, before, call, in: tx)
    }

    @Sendable private func detachLocation(_ call: Call<DetachLocation>, _ tx: Transaction) async throws -> Location {
        let before = try await location(call.input.locationID, call, locked: true, in: tx)
        var after = before
        after.parentID = nil
        return try await save(after, before, call, in: tx)
    }

    @Sendable private func transferLocation(_ call: Call<TransferLocation>, _ tx: Transaction) async throws -> Location {
        let (caller, next) = (try call.caller, call.body.ownerID)
        let before = try await location(call.input.locationID, call, locked: true, in: tx)
        guard try await owns(before, caller, in: tx) else { throw Problem(.notTheOwner) }
        guard let person = try await people.find(caller.organizationID, next, in: tx), person.isActive, person.roles != [.member] else {
            throw Problem.invalid("#/owner_id", "must be somebody who works here")
        }
        var after = before
        after.ownerID = next
        return try await save(after, before, call, in: tx)
    }

    /// Whoever adds a location answers for it.
    private func owner(_ call: Call<CreateLocation>, in tx: Transaction) async throws -> PersonID? {
        try await people.find(call.caller.organizationID, call.caller.personID, in: tx)?.personID
    }

    /// Of one whose owner is gone, the organization's owners take care.
    private func owns(_ location: Location, _ caller: Caller, in tx: Transaction) async throws -> Bool {
        if location.ownerID == caller.personID { return true }
        guard caller.roles.contains(.owner) else { return false }
        guard let owner = location.ownerID else { return true }
        return try await people.find(caller.organizationID, owner, in: tx)?.isActive != true
    }

    @Sendable private func deleteLocation(_ call: Call<DeleteLocation>, _ tx: Transaction) async throws -> NoContent {
        let organization = try call.caller.organizationID
        try await organizations.lock(organization, in: tx)
        let location = try await location(call.input.locationID, call, locked: true, in: tx)
        try location.check(call.expectedVersion)
        guard try await !locations.hasBranches(location.id, organization, in: tx) else { throw Problem(.locationHasBranches) }
        try await locations.delete(location, of: organization, now: call.now, in: tx)
        return NoContent()
    }

    private func save<O>(_ after: Location, _ before: Location, _ call: Call<O>, in tx: Transaction) async throws -> Location {
        try before.check(call.expectedVersion)
        guard after != before else { return before }
        return try await locations.save(after, of: call.caller.organizationID, now: call.now, in: tx)
    }

    private func location<O>(_ id: LocationID, _ call: Call<O>, locked: Bool = false, in tx: Transaction) async throws -> Location {
        guard let location = try await locations.find(call.caller.organizationID, id, locked: locked, in: tx) else {
            throw Problem.notFound
        }
        return location
    }
}

extension Location {
    /// With what `body` gives; equal when that changes nothing.
    fileprivate func changed(by body: UpdateLocation.Body) -> Location {
        var location = self
        location.name = body.name ?? name
        location.timeZone = body.timeZone ?? timeZone
        location.address = body.address ?? address
        location.contact = body.contact ?? contact
        location.businessNumber = body.businessNumber ?? businessNumber
        location.isHeadquarters = body.isHeadquarters ?? isHeadquarters
        location.isActive = body.isActive ?? isActive
        location.settings = body.settings ?? settings
        return location
    }
}
