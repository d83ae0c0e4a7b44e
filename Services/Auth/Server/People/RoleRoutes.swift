import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var roleEndpoints: [Endpoint] { [Endpoint.handle(AddRole.self, addRole), Endpoint.handle(RemoveRole.self, removeRole)] }

    @Sendable private func addRole(_ call: Call<AddRole>, _ tx: Transaction) async throws -> Person {
        let before = try await person(call.input.personID, call.caller, call.input.role, in: tx)
        try before.check(call.expectedVersion)
        guard !before.roles.contains(call.input.role) else { return before.person }
        var after = before.holding(before.roles + [call.input.role])
        if !before.roles.areStaff, after.roles.areStaff { after.locationIDs = PersonLocationRules.given(by: try call.caller.locationIDs) }
        if call.input.role == .member { try await people.insertMemberProfile(of: after, now: call.now, in: tx) }
        return try await people.save(after, now: call.now, in: tx).person
    }

    @Sendable private func removeRole(_ call: Call<RemoveRole>, _ tx: Transaction) async throws -> Person {
        let role = call.input.role
        let before = try await person(call.input.personID, call.caller, role, in: tx)
        try before.check(call.expectedVersion)
        guard before.roles.contains(role) else { return before.person }
        guard before.roles.count > 1 else { throw Problem(.lastRole) }
        var after = before.holding(before.roles.filter { $0 != role })
        if role == .trainer {
            try await release(before, now: call.now, in: tx)
            after.trainerProfile.parentID = nil
        }
        let saved = try await people.save(after, now: call.now, in: tx)
        // Their tokens still name the role, and so do those of their keys.
        try await leave(saved, .ended, now: call.now, in: tx)
        return saved.person
    }

    /// - Throws: ``Problem`` `.notFound`; `.forbidden` for the role of an owner, and for that of an admin unless an owner says so.
    private func person(_ id: PersonID, _ caller: Caller, _ role: Role, in tx: Transaction) async throws -> PersonRecord {
        guard let person = try await people.find(caller.organizationID, id, locked: true, in: tx) else { throw Problem.notFound }
        guard role != .owner, role != .admin || caller.roles.contains(.owner) else { throw Problem(.forbidden) }
        return person
    }
}

extension PersonRecord {
    fileprivate func holding(_ roles: [Role]) -> PersonRecord {
        var person = self
        person.roles = roles.sorted { $0.rawValue < $1.rawValue }
        // Where they come to is not where they work.
        if !roles.areStaff { person.locationIDs = [] }
        return person
    }
}
