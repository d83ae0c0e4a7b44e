import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var organizationEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateOrganization.self, preparing: hashOwnersPassword, createOrganization),
            Endpoint.handle(GetOrganization.self, getOrganization),
        ]
    }

    @Sendable private func hashOwnersPassword(_ call: Call<CreateOrganization>) async throws -> PasswordHash {
        try OrganizationRules.check(call.body.taxRates ?? [])
        let owner = call.body.owner
        return try await hash(
            chosen: owner.password, knowing: PasswordRules.words(of: owner.email) + [call.body.slug.rawValue, call.body.name.rawValue],
            at: "#/owner/password", from: call.address)
    }

    @Sendable private func createOrganization(
        _ call: Call<CreateOrganization>, _ password: PasswordHash, _ tx: Transaction
    ) async throws -> CreateOrganization.Output {
        let (body, now) = (call.body, call.now)
        let (id, ownerID) = (OrganizationID(now: now), PersonID(now: now))
        try await tx.enter(Tenant(id, person: ownerID))
        let organization = try await organizations.insert(id, body, now: now, in: tx)
        let account = try await accounts.insert(body.owner.email, password, isVerified: false, now: now, in: tx)
        let owner = PersonRecord(
            organizationID: id, personID: ownerID, accountID: account, roles: OrganizationRules.ownerRoles(body.kind),
            fullName: body.owner.fullName, email: body.owner.email, now: now)
        try await people.insert(owner, in: tx)
        let location = try await locations.insert(
            Location(
                id: LocationID(now: now), name: body.name, timeZone: body.timeZone, address: nil, isHeadquarters: true, createdAt: now),
            of: id, in: tx)
        try await mailVerification(to: body.owner.email, of: account, at: owner.place, now: now, in: tx)
        let tokens = try await signIn(owner.place, account, call, remember: false, in: tx)
        return CreateOrganization.Output(organization: organization, owner: owner.person, location: location, tokens: tokens)
    }

    @Sendable private func getOrganization(_ call: Call<GetOrganization>, _ tx: Transaction) async throws -> Organization {
        guard let organization = try await organizations.find(call.caller.organizationID, in: tx) else { throw Problem.notFound }
        return organization
    }
}
