import AuthContract
import Messaging
import Postgres

/// A new organization: keeps its currency, zone and tax rates for the invoices to come.
struct OnOrganizationCreated: Reaction {
    static let name = "billing.on-organization-created"

    func react(to event: OrganizationCreated, _ occasion: Occasion, in tx: Transaction) async throws {
        try await OrganizationStore(tx: tx, organizationID: event.organizationID).save(
            currency: event.currency, timeZone: event.timeZone, taxRates: event.taxRates, version: event.version)
    }
}
