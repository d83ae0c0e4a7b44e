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
        ]
    }

    @Sendable private func createLocation(_ call: Call<CreateLocation>, _ tx: Transaction) async throws -> Location {
        let organization = try call.caller.organizationID
        var timeZone = call.body.timeZone
        if timeZone == nil { timeZone = try await organizations.find(organization, in: tx)?.timeZone }
        guard let timeZone else { throw Problem.notFound }
        return try await locations.insert(
            organization, name: call.body.name, timeZone: timeZone, address: call.body.address, now: call.now, in: tx)
    }

    @Sendable private func listLocations(_ call: Call<ListLocations>, _ tx: Transaction) async throws -> Page<Location> {
        try await locations.list(call.caller.organizationID, cursor: call.input.cursor, limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func getLocation(_ call: Call<GetLocation>, _ tx: Transaction) async throws -> Location {
        let organization = try call.caller.organizationID
        guard let location = try await locations.find(organization, call.input.locationID, in: tx) else { throw Problem.notFound }
        return location
    }
}
