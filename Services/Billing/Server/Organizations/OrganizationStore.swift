import AuthContract
import BillingContract
import ContractKit
import Foundation
import Postgres

/// The read copy of what an organization charges in.
struct OrganizationStore {
    let tx: Transaction
    let organizationID: OrganizationID

    struct Organization: Decodable, Sendable {
        var currency: CurrencyCode
        var timeZone: TimeZoneID
    }

    func organization() async throws -> Organization? {
        try await tx.first(
            """
            SELECT currency, time_zone FROM organizations WHERE organization_id = \(organizationID)
            """)
    }

    func rates() async throws -> [InvoiceRules.Rate] {
        struct Row: Decodable, Sendable {
            var code: String
            var millionths: Int64
        }
        let rows: [Row] = try await tx.query(
            """
            SELECT code, millionths FROM tax_rates WHERE organization_id = \(organizationID) ORDER BY position
            """)
        return rows.compactMap { row in
            TaxRate(millionths: row.millionths).map { InvoiceRules.Rate(code: row.code, rate: $0) }
        }
    }

    /// Takes over the state that an event told, unless a newer one is here.
    func save(currency: CurrencyCode, timeZone: TimeZoneID, taxRates: [OrganizationCreated.Tax], version: Int64) async throws {
        let written = try await tx.execute(
            """
            INSERT INTO organizations (organization_id, currency, time_zone, version)
            VALUES (\(organizationID), \(currency), \(timeZone), \(version))
            ON CONFLICT (organization_id) DO UPDATE
            SET currency = excluded.currency, time_zone = excluded.time_zone, version = excluded.version
            WHERE organizations.version < excluded.version
            """)
        guard written == 1 else { return }
        try await tx.execute("DELETE FROM tax_rates WHERE organization_id = \(organizationID)")
        for (position, tax) in taxRates.enumerated() {
            tx.later(
                """
                INSERT INTO tax_rates (organization_id, position, code, millionths)
                VALUES (\(organizationID), \(position), \(tax.code), \(tax.rate.millionths))
                """)
        }
    }
}
