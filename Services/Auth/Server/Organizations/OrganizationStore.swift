import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

struct OrganizationStore: Sendable {
    /// The transaction is in the new organization already.
    /// - Throws: ``Problem`` `.slugTaken`.
    func insert(_ id: OrganizationID, _ body: CreateOrganization.Body, now: Date, in tx: Transaction) async throws -> Organization {
        let organization = Organization(
            id: id, name: body.name, slug: body.slug, kind: body.kind, timeZone: body.timeZone, currency: body.currency,
            taxRates: body.taxRates ?? [], createdAt: now, version: 1)
        try await tx.execute(
            """
            insert into organizations (organization_id, name, slug, kind, time_zone, currency, created_at, updated_at)
            values (\(id), \(body.name), \(body.slug), \(body.kind), \(body.timeZone), \(body.currency), \(now), \(now))
            """)
        do {
            try await tx.execute("insert into organization_slugs (slug, organization_id) values (\(body.slug), \(id))")
        } catch let error as DatabaseError {
            throw error.refusal(["organization_slugs_pkey": .slugTaken])
        }
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

    /// Whoever else locks it waits until the transaction ends.
    func lock(_ id: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute("select 1 from organizations where organization_id = \(id) for no key update")
    }

    func find(_ id: OrganizationID, in tx: Transaction) async throws -> Organization? {
        let row = try await tx.first(
            """
            select organization_id, name, slug, kind, time_zone, currency, created_at, version
            from organizations where organization_id = \(id)
            """, as: Row.self)
        guard let row else { return nil }
        let taxes: [TaxRow] = try await tx.query("select code, rate_millionths from tax_rates where organization_id = \(id) order by place")
        return Organization(
            id: row.organizationID, name: row.name, slug: row.slug, kind: row.kind, timeZone: row.timeZone, currency: row.currency,
            taxRates: taxes.compactMap { tax in TaxRate(millionths: tax.rateMillionths).map { .init(code: tax.code, rate: $0) } },
            createdAt: row.createdAt, version: row.version)
    }

    private struct Row: Decodable, Sendable {
        var organizationID: OrganizationID
        var name: Line
        var slug: Slug
        var kind: OrganizationKind
        var timeZone: TimeZoneID
        var currency: CurrencyCode
        var createdAt: Date
        var version: Int64
    }

    private struct TaxRow: Decodable, Sendable {
        var code: TaxCode
        var rateMillionths: Int64
    }
}
