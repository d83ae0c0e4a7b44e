public import Foundation

/// Whose rows a transaction may see: what row-level security reads.
public struct Tenant: Sendable, Hashable {
    public var organizationID: UUID
    public var personID: UUID?

    public init<Organization: RawRepresentable<UUID>, Person: RawRepresentable<UUID>>(_ organization: Organization, person: Person?) {
        organizationID = organization.rawValue
        personID = person?.rawValue
    }

    public init<Organization: RawRepresentable<UUID>>(_ organization: Organization) {
        organizationID = organization.rawValue
        personID = nil
    }

    /// Local to the transaction: nothing is left for the next one on the same connection but empty texts.
    func settings(from origin: Origin?) -> SQL {
        guard let origin else {
            return """
                select set_config('app.organization_id', \(organizationID), true), \
                set_config('app.person_id', \(personID?.text ?? ""), true)
                """
        }
        return """
            select set_config('app.organization_id', \(organizationID), true), \
            set_config('app.person_id', \(personID?.text ?? ""), true), \
            set_config('app.call', \(origin.setting), true)
            """
    }
}
