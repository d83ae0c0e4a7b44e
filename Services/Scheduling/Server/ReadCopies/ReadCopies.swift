import AuthContract
import ContractKit

// What scheduling knows of the things that auth owns.

struct OrganizationCopy: Codable, Sendable, Hashable {
    var kind: OrganizationKind
    var currency: CurrencyCode
}

struct LocationCopy: Codable, Sendable, Hashable {
    var timeZone: TimeZoneID
    var isActive: Bool
}

struct PersonCopy: Codable, Sendable, Hashable {
    var roles: [Role]
    var isActive: Bool

    /// Whether sessions may be put on this person's timetable. Who works alone teaches, whatever else they are.
    func canTrain(in kind: OrganizationKind) -> Bool {
        isActive && (roles.contains(.trainer) || kind == .solo && roles.contains(.owner))
    }
}

struct EngagementCopy: Codable, Sendable, Hashable {
    var isActive: Bool
    var startsOn: LocalDay
    var endsOn: LocalDay?

    /// Whether the trainer works at the location on that day of its calendar.
    func covers(_ day: LocalDay) -> Bool { isActive && startsOn <= day && day <= (endsOn ?? day) }
}
