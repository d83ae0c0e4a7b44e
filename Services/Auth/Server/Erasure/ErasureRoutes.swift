import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var erasureEndpoints: [Endpoint] {
        [
            Endpoint.handle(ErasePerson.self, erasePerson),
            Endpoint.handle(EraseAccount.self, eraseAccount),
            Endpoint.handle(ListErasureRequests.self, listErasureRequests),
            Endpoint.handle(GetErasureRequest.self, getErasureRequest),
        ]
    }

    @Sendable private func erasePerson(_ call: Call<ErasePerson>, _ tx: Transaction) async throws -> ErasureRequest {
        let (caller, id) = (try call.caller, call.input.personID)
        guard caller.scope == .organization || id == caller.personID else { throw Problem.notFound }
        // Whoever is gone cannot be removed, and what was asked for can still be shown.
        if let known = try await erasureRequests.find(of: id, caller.organizationID, in: tx) { return known }
        return try await erase(id, caller.organizationID, by: caller.personID, caller.roles, now: call.now, in: tx)
    }

    @Sendable private func eraseAccount(_ call: Call<EraseAccount>, _ tx: Transaction) async throws -> EraseAccount.Output {
        let caller = try call.caller
        let account = try await accounts.account(of: caller, in: tx).accountID
        var requests: [ErasureRequest] = []
        for place in try await people.everyPlace(of: account, in: tx) {
            try await tx.enter(Tenant(place.organizationID, person: place.personID))
            requests.append(
                try await erase(place.personID, place.organizationID, by: place.personID, Set(place.roles), now: call.now, in: tx))
        }
        return EraseAccount.Output(data: requests)
    }

    @Sendable private func listErasureRequests(
        _ call: Call<ListErasureRequests>, _ tx: Transaction
    ) async throws -> Page<ErasureRequest> {
        try await erasureRequests.list(
            call.caller.organizationID, cursor: call.input.cursor, limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func getErasureRequest(_ call: Call<GetErasureRequest>, _ tx: Transaction) async throws -> ErasureRequest {
        guard let request = try await erasureRequests.find(call.input.erasureRequestID, call.caller.organizationID, in: tx) else {
            throw Problem.notFound
        }
        return request
    }

    /// Hides a person from everyone, and asks every service to erase them.
    ///
    /// - Throws: ``Problem`` `.notFound`; `.ownsOrganization`; `.forbidden` for an admin who erases another one.
    private func erase(
        _ id: PersonID, _ organization: OrganizationID, by requester: PersonID, _ roles: Set<Role>, now: Date, in tx: Transaction
    ) async throws -> ErasureRequest {
        if let person = try await people.find(organization, id, locked: true, in: tx) {
            guard !person.roles.contains(.owner) else { throw Problem(.ownsOrganization) }
            guard !person.roles.contains(.admin) || roles.contains(.owner) || id == requester else { throw Problem(.forbidden) }
            try await hide(person, now: now, in: tx)
        } else if try await people.findRemoved(organization, id, in: tx) == nil {
            throw Problem.notFound
        } else if try await personMerges.kept(insteadOf: id, organization, in: tx) != nil {
            // They go with whom they were merged into.
            throw Problem.notFound
        }
        return try await erasureRequests.open(id, organization, by: requester, now: now, in: tx)
    }
}
