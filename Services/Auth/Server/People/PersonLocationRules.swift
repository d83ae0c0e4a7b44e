import AuthContract
import ContractKit

enum PersonLocationRules {
    /// As many as fit into a token beside everything else.
    static let most = 24

    /// What `person` becomes who works at `locations` only, or everywhere when there are none.
    ///
    /// - Throws: ``Problem`` `.validation`; `.forbidden` unless `caller` may say where such a person works.
    static func bound(_ person: PersonRecord, to locations: [LocationID], by caller: Set<Role>) throws(Problem) -> PersonRecord {
        guard !person.roles.contains(.admin) || caller.contains(.owner) else { throw Problem(.forbidden) }
        let sorted = Set(locations).sorted { $0.description < $1.description }
        guard sorted.count <= most else { throw Problem.invalid("#/location_ids", "must be at most \(most)") }
        if !sorted.isEmpty {
            guard !person.roles.contains(.owner) else { throw Problem.invalid("#/location_ids", "must be empty: owners work everywhere") }
            guard person.roles.areStaff else { throw Problem.invalid("#/location_ids", "must be empty for who does not work here") }
        }
        var bound = person
        bound.locationIDs = sorted
        return bound
    }

    /// Whether tokens that say where somebody worked before reach further than they do now.
    static func loses(_ before: [LocationID], _ after: [LocationID]) -> Bool {
        !after.isEmpty && (before.isEmpty || !Set(before).isSubset(of: after))
    }
}
