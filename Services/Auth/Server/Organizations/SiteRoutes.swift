import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var siteEndpoints: [Endpoint] { [Endpoint.handle(GetSite.self, getSite)] }

    @Sendable private func getSite(_ call: Call<GetSite>, _ tx: Transaction) async throws -> Site {
        guard let named = try await organization(of: call, in: tx) else { throw Problem.notFound }
        try await tx.enter(Tenant(named.organizationID))
        guard try await organizations.standing(of: named.organizationID, in: tx)?.standing == .active,
            let organization = try await organizations.find(named.organizationID, in: tx)
        else { throw Problem.notFound }
        return Site(
            name: organization.name, slug: organization.slug, contact: organization.contact, socialLinks: organization.socialLinks,
            domain: organization.domain)
    }

    private func organization(of call: Call<GetSite>, in tx: Transaction) async throws -> OrganizationStore.Named? {
        if let slug = call.input.organization { return try await organizations.named(slug, in: tx) }
        guard let host = call.host else { return nil }
        return try await organizations.owner(of: host, in: tx)
    }
}
