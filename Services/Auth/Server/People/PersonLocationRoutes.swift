import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var personLocationEndpoints: [Endpoint] { [Endpoint.handle(SetPersonLocations.self, setPersonLocations)] }

    @Sendable private func setPersonLocations(_ call: Call<SetPersonLocations>, _ tx: Transaction) async throws -> Person {
        let caller = try call.caller
        guard let before = try await people.find(caller.organizationID, call.input.personID, locked: true, in: tx) else {
            throw Problem.notFound
        }
        try before.check(call.expectedVersion)
        let after = try PersonLocationRules.bound(before, to: call.body.locationIDs, by: caller.roles)
        guard after != before else { return before.person }
        guard try await locations.areThere(after.locationIDs, of: caller.organizationID, in: tx) else {
            throw Problem.invalid("#/location_ids", "must be locations of this organization")
        }
        let saved = try await people.save(after, now: call.now, in: tx)
        // Their tokens reach further, and so do those of their keys.
        if PersonLocationRules.loses(before.locationIDs, saved.locationIDs) { try await leave(saved, .ended, now: call.now, in: tx) }
        return saved.person
    }
}
