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
            Endpoint.handle(UpdateOrganization.self, updateOrganization),
            Endpoint.handle(RemoveDomain.self, removeDomain),
            Endpoint.handle(DeleteOrganization.self, deleteOrganization),
        ]
    }

    @Sendable private func hashOwnersPassword(_ call: Call<CreateOrganization>) async throws -> PasswordHash {
        try OrganizationRules.check(call.body.taxRates ?? [])
        try OrganizationRules.check(call.body.socialLinks ?? [])
        let owner = call.body.owner
        return try await hash(
            chosen: owner.password, knowing: PasswordRules.words(of: owner.email) + [call.body.slug.rawValue, call.body.name.rawValue],
            at: "#/owner/password", from: call.address)
    }

    @Sendable private func createOrganization(
        _ call: Call<CreateOrganization>, _ password: PasswordHash, _ tx: Transaction
    ) async throws -> CreateOrganization.Output {
        guard try await appConfig.isOn(.signupsOpen, in: tx) else { throw Problem(.signupsClosed) }
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
                id: LocationID(now: now), name: body.name, timeZone: body.timeZone, address: nil, isHeadquarters: true, ownerID: ownerID,
                createdAt: now),
            of: id, followsTimeZone: true, in: tx)
        try await mailVerification(to: body.owner.email, of: account, at: owner.place, now: now, in: tx)
        let tokens = try await signIn(owner.place, account, call, remember: false, in: tx)
        return CreateOrganization.Output(organization: organization, owner: owner.person, location: location, tokens: tokens)
    }

    @Sendable private func getOrganization(_ call: Call<GetOrganization>, _ tx: Transaction) async throws -> Organization {
        guard let organization = try await organizations.find(call.caller.organizationID, in: tx) else { throw Problem.notFound }
        return organization
    }

    @Sendable private func updateOrganization(_ call: Call<UpdateOrganization>, _ tx: Transaction) async throws -> Organization {
        try OrganizationRules.check(call.body.socialLinks ?? [])
        return try await change(call, in: tx) { $0.changed(by: call.body) }
    }

    @Sendable private func removeDomain(_ call: Call<RemoveDomain>, _ tx: Transaction) async throws -> Organization {
        try await change(call, in: tx) { organization in
            var organization = organization
            organization.domain = nil
            return organization
        }
    }

    @Sendable private func deleteOrganization(_ call: Call<DeleteOrganization>, _ tx: Transaction) async throws -> NoContent {
        guard let organization = try await organizations.find(call.caller.organizationID, locked: true, in: tx) else {
            throw Problem.notFound
        }
        try organization.check(call.expectedVersion)
        try await organizations.change(organization.id, to: .deleted, now: call.now, in: tx)
        return NoContent()
    }

    private func change<O>(
        _ call: Call<O>, in tx: Transaction, _ changed: (Organization) -> Organization
    ) async throws -> Organization {
        guard let before = try await organizations.find(call.caller.organizationID, locked: true, in: tx) else { throw Problem.notFound }
        try before.check(call.expectedVersion)
        let after = changed(before)
        guard after != before else { return before }
        let saved = try await organizations.save(after, before, now: call.now, in: tx)
        if after.timeZone != before.timeZone {
            try await locations.move(to: after.timeZone, of: after.id, now: call.now, in: tx)
        }
        return saved
    }
}

extension Organization {
    /// With what `body` gives; equal when that changes nothing.
    fileprivate func changed(by body: UpdateOrganization.Body) -> Organization {
        var organization = self
        organization.name = body.name ?? name
        organization.timeZone = body.timeZone ?? timeZone
        organization.contact = body.contact ?? contact
        organization.socialLinks = body.socialLinks ?? socialLinks
        organization.domain = body.domain ?? domain
        return organization
    }
}
