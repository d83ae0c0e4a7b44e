public import ContractKit

extension Caller {
    /// The person to whom everything is narrowed; nil for staff, who act on the whole organization.
    public var ownPerson: PersonID? {
        if case .own = scope { personID } else { nil }
    }
}
