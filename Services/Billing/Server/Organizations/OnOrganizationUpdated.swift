import AuthContract
import Messaging
import Postgres

/// An organization was changed: what is due when, and on which day, follows its zone from now on.
struct OnOrganizationUpdated: Reaction {
    static let name = "billing.on-organization-updated"

    func react(to event: OrganizationUpdated, _ occasion: Occasion, in tx: Transaction) async throws {
        try await OrganizationStore(tx: tx, organizationID: event.organizationID).save(
            currency: event.currency, timeZone: event.timeZone, taxRates: event.taxRates, version: event.version)
    }
}
