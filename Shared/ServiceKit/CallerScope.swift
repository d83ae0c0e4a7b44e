public import ContractKit

extension Caller {
    /// The person to whom everything is narrowed; nil for staff, who act on the whole organization.
    public var ownPerson: PersonID? {
        if case .own = scope { personID } else { nil }
    }

    /// Refuses what concerns a location at which the caller does not work. Rows at such locations they do not see in the first place: this is
    /// for what names the location.
    ///
    /// - Throws: ``Problem`` `.forbidden`: which locations there are is no secret.
    public func requireWork(at location: LocationID) throws(Problem) {
        guard locationIDs?.contains(location) ?? true else { throw Problem(.forbidden, detail: "You do not work at this location") }
    }
}
