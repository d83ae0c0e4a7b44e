public import Foundation

/// Whose rows a transaction may see: what row-level security reads.
public struct Tenant: Sendable, Hashable {
    public var organizationID: UUID
    public var personID: UUID?
    /// Whether other people's rows are hidden from the person.
    public var isNarrowed = false
    /// The locations at which alone the person works; nil for everywhere.
    public var locationIDs: [UUID]?

    /// - Parameters:
    ///   - isNarrowed: Only for what reads: a change may have to see what its author may not.
    ///   - locations: Nil for everywhere. Also for what writes: what is elsewhere is not theirs to change.
    public init<Organization: RawRepresentable<UUID>, Person: RawRepresentable<UUID>>(
        _ organization: Organization, person: Person?, isNarrowed: Bool = false, locations: [UUID]? = nil
    ) {
        organizationID = organization.rawValue
        personID = person?.rawValue
        self.isNarrowed = isNarrowed
        locationIDs = locations
    }

    public init<Organization: RawRepresentable<UUID>>(_ organization: Organization) {
        organizationID = organization.rawValue
        personID = nil
    }

    /// Local to the transaction: nothing is left for the next one on the same connection but empty texts.
    ///
    /// - Parameter isFirst: Whether the transaction had no tenant before. Who works everywhere then needs no setting for it.
    func settings(from origin: Origin?, isFirst: Bool) -> SQL {
        var own: SQL = """
            select set_config('app.organization_id', \(organizationID), true), \
            set_config('app.person_id', \(personID?.text ?? ""), true), \
            set_config('app.narrowed_to', \(isNarrowed ? personID?.text ?? "" : ""), true)
            """
        if locationIDs != nil || !isFirst { own = "\(own), set_config('app.location_ids', \(locationSetting), true)" }
        return origin.map { "\(own), set_config('app.call', \($0.setting), true)" } ?? own
    }

    /// As PostgreSQL writes an array; empty for everywhere.
    private var locationSetting: String { locationIDs.map { "{\($0.map(\.text).joined(separator: ","))}" } ?? "" }
}
