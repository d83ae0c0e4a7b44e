public import ContractKit
public import Postgres

extension Caller {
    /// The person to whom everything is narrowed; nil for staff, who act on the whole organization.
    public var ownPerson: PersonID? {
        if case .own = scope { personID } else { nil }
    }

    /// Refuses what names a location at which the caller does not work. The rows of such locations they do not see in the first place.
    ///
    /// - Throws: ``Problem`` `.forbidden`: which locations there are is no secret.
    public func requireWork(at location: LocationID) throws(Problem) {
        guard locationIDs?.contains(location) ?? true else { throw Problem(.forbidden, detail: "You do not work at this location") }
    }

    /// For a transaction of the caller's beside the one that the operation runs in.
    ///
    /// - Parameter isNarrowed: Whether other people's rows are hidden from whoever is not staff: only for what reads.
    public func tenant(isNarrowed: Bool = false) -> Tenant {
        Tenant(
            organizationID, person: personID, isNarrowed: isNarrowed && ownPerson != nil,
            locations: locationIDs.map { $0.map(\.rawValue) })
    }
}
