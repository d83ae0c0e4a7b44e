import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

struct OrganizationStore: Sendable {
    /// The transaction is in the new organization already.
    /// - Throws: ``Problem`` `.slugTaken`, `.domainTaken`.
    func insert(_ id: OrganizationID, _ body: CreateOrganization.Body, now: Date, in tx: Transaction) async throws -> Organization {
        let organization = Organization(
            id: id, name: body.name, slug: body.slug, kind: body.kind, timeZone: body.timeZone, currency: body.currency,
            taxRates: body.taxRates ?? [], contact: body.contact, socialLinks: body.socialLinks ?? [], domain: body.domain, createdAt: now)
        try await tx.execute(
            """
            insert into organizations (organization_id, name, slug, kind, time_zone, currency, contact_email, contact_phone,
                contact_address, social_links, created_at, updated_at)
            values (\(id), \(body.name), \(body.slug), \(body.kind), \(body.timeZone), \(body.currency), \(body.contact?.email),
                \(body.contact?.phone), \(try JSONB.text(body.contact?.address))::jsonb, \(try JSONB.text(organization.socialLinks))::jsonb,
                \(now), \(now))
            """)
        do {
            try await tx.execute("insert into organization_slugs (slug, organization_id) values (\(body.slug), \(id))")
        } catch let error as DatabaseError {
            throw error.refusal(["organization_slugs_pkey": .slugTaken])
        }
        try await write(organization.domain, of: id, in: tx)
        for (index, tax) in organization.taxRates.enumerated() {
            try await tx.execute(
                """
                insert into tax_rates (organization_id, code, rate_millionths, place)
                values (\(id), \(tax.code), \(tax.rate.millionths), \(index + 1))
                """)
        }
        try await tx.emit(
            OrganizationCreated(
                organizationID: id, name: body.name, slug: body.slug, kind: body.kind, timeZone: body.timeZone, currency: body.currency,
                taxRates: organization.taxRates, version: 1))
        return organization
    }

    /// Writes an organization that was found `locked`, one version up.
    ///
    /// - Throws: ``Problem`` `.domainTaken`.
    func save(_ after: Organization, _ before: Organization, now: Date, in tx: Transaction) async throws -> Organization {
        var saved = after
        saved.version += 1
        saved.updatedAt = now
        try await tx.execute(
            """
            update organizations set name = \(after.name), time_zone = \(after.timeZone), contact_email = \(after.contact?.email),
                contact_phone = \(after.contact?.phone), contact_address = \(try JSONB.text(after.contact?.address))::jsonb,
                social_links = \(try JSONB.text(after.socialLinks))::jsonb, updated_at = \(now), version = \(saved.version)
            where organization_id = \(after.id)
            """)
        if after.domain != before.domain { try await write(after.domain, of: after.id, in: tx) }
        try await tx.emit(
            OrganizationUpdated(
                organizationID: after.id, name: after.name, slug: after.slug, kind: after.kind, timeZone: after.timeZone,
                currency: after.currency, taxRates: after.taxRates, version: saved.version))
        return saved
    }

    /// Whoever else locks it waits until the transaction ends.
    func lock(_ id: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute("select 1 from organizations where organization_id = \(id) for no key update")
    }

    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func find(_ id: OrganizationID, locked: Bool = false, in tx: Transaction) async throws -> Organization? {
        if locked { try await lock(id, in: tx) }
        let row = try await tx.first(
            """
            select \(OrganizationRow.columns) from organizations o left join organization_domains d using (organization_id)
            where o.organization_id = \(id) and o.deleted_at is null
            """, as: OrganizationRow.self)
        guard let row else { return nil }
        let taxes: [TaxRow] = try await tx.query("select code, rate_millionths from tax_rates where organization_id = \(id) order by place")
        return try row.organization(
            taxRates: taxes.compactMap { tax in TaxRate(millionths: tax.rateMillionths).map { .init(code: tax.code, rate: $0) } })
    }

    /// The organization whose domain this is.
    func owner(of domain: HostName, in tx: Transaction) async throws -> Named? {
        try await tx.first(
            """
            select s.organization_id, s.slug from organization_domains d join organization_slugs s using (organization_id)
            where d.domain = \(domain)
            """)
    }

    func named(_ slug: Slug, in tx: Transaction) async throws -> Named? {
        try await tx.first("select organization_id, slug from organization_slugs where slug = \(slug)")
    }

    /// What is known of an organization before it is entered.
    struct Named: Decodable, Sendable {
        var organizationID: OrganizationID
        var slug: Slug
    }

    private func write(_ domain: HostName?, of id: OrganizationID, in tx: Transaction) async throws {
        guard let domain else {
            try await tx.execute("delete from organization_domains where organization_id = \(id)")
            return
        }
        do {
            try await tx.execute(
                """
                insert into organization_domains (domain, organization_id) values (\(domain), \(id))
                on conflict (organization_id) do update set domain = excluded.domain
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["organization_domains_pkey": .domainTaken])
        }
    }

    private struct TaxRow: Decodable, Sendable {
        var code: TaxCode
        var rateMillionths: Int64
    }
}
