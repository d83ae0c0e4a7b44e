import AuthContract
import ContractKit
import Foundation
import Postgres

/// An organization as the tables hold it, without its taxes.
struct OrganizationRow: Decodable, Sendable {
    /// Of organizations `o` and domains `d`.
    static let columns: SQL = """
        o.organization_id, o.name, o.slug, o.kind, o.time_zone, o.currency, o.contact_email, o.contact_phone,
        o.contact_address::text, o.social_links::text, d.domain, o.created_at, o.updated_at, o.version
        """

    var organizationID: OrganizationID
    var name: Line
    var slug: Slug
    var kind: OrganizationKind
    var timeZone: TimeZoneID
    var currency: CurrencyCode
    var contactEmail: EmailAddress?
    var contactPhone: PhoneNumber?
    var contactAddress: String?
    var socialLinks: String
    var domain: HostName?
    var createdAt: Date
    var updatedAt: Date
    var version: Int64

    func organization(taxRates: [OrganizationCreated.Tax]) throws -> Organization {
        var contact: OrganizationContact?
        if let contactEmail, let contactPhone, let address: Address = try JSONB.value(contactAddress) {
            contact = OrganizationContact(email: contactEmail, phone: contactPhone, address: address)
        }
        return Organization(
            id: organizationID, name: name, slug: slug, kind: kind, timeZone: timeZone, currency: currency, taxRates: taxRates,
            contact: contact, socialLinks: try JSONB.value(socialLinks) ?? [], domain: domain,
            createdAt: createdAt, updatedAt: updatedAt, version: version)
    }
}
