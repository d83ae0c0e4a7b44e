public import Foundation

/// Whose rows a transaction may see: what row-level security reads.
public struct Tenant: Sendable, Hashable {
    public var organizationID: UUID
    public var personID: UUID?
    /// Whether other people's rows are hidden from the person.
    public var isNarrowed = false

    /// - Parameter isNarrowed: Only for what reads: a change may have to see what its author may not.
    public init<Organization: RawRepresentable<UUID>, Person: RawRepresentable<UUID>>(
        _ organization: Organization, person: Person?, isNarrowed: Bool = false
    ) {
        organizationID = organization.rawValue
        personID = person?.rawValue
        self.isNarrowed = isNarrowed
    }

    public init<Organization: RawRepresentable<UUID>>(_ organization: Organization) {
        organizationID = organization.rawValue
        personID = nil
    }

    /// Local to the transaction: nothing is left for the next one on the same connection but empty texts.
    func settings(from origin: Origin?) -> SQL {
        let own: SQL = """
            select set_config('app.organization_id', \(organizationID), true), \
            set_config('app.person_id', \(personID?.text ?? ""), true), \
            set_config('app.narrowed_to', \(isNarrowed ? personID?.text ?? "" : ""), true)
            """
        return origin.map { "\(own), set_config('app.call', \($0.setting), true)" } ?? own
    }
}
