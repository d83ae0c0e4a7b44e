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

    /// Where somebody begins to work who is let in by somebody of these locations, or of all: nobody gives away more than they have.
    static func given(by locations: Set<LocationID>?) -> [LocationID] { (locations ?? []).sorted { $0.description < $1.description } }

    /// Whether somebody of these locations, or of all, reaches as far as `person`, so that whoever signs in as that person gets no further.
    static func reaches(_ locations: Set<LocationID>?, _ person: PersonRecord) -> Bool {
        guard let locations, person.roles.areStaff else { return true }
        return !person.locationIDs.isEmpty && locations.isSuperset(of: person.locationIDs)
    }

    /// Where somebody works who turns out to be two: wherever either does, and everywhere if one of them works everywhere. What no token
    /// would hold leaves the first one's.
    static func united(_ kept: PersonRecord, _ other: PersonRecord) -> [LocationID] {
        let working = [kept, other].filter { $0.roles.areStaff }
        guard let first = working.first, working.allSatisfy({ !$0.locationIDs.isEmpty }) else { return [] }
        let all = Set(working.flatMap(\.locationIDs)).sorted { $0.description < $1.description }
        return all.count <= most ? all : first.locationIDs
    }

    /// Whether tokens that say where somebody worked before reach further than they do now.
    static func loses(_ before: [LocationID], _ after: [LocationID]) -> Bool {
        !after.isEmpty && (before.isEmpty || !Set(before).isSubset(of: after))
    }
}
