import AuthContract
import ContractKit
import Foundation

/// An organization with what its year is made from.
final class Organization {
    let id: ID
    let index: Int
    let name: Line
    let slug: Slug
    let kind: OrganizationKind
    let zone: TimeZoneID
    let currency: CurrencyCode
    let rates: [InvoiceRules.Rate]
    let createdAt: Moment
    /// Its own, so that one organization's year does not depend on another's size.
    var chance: Chance

    var owner: ID
    var trainers: [ID] = []
    var members: [Member] = []
    var locations: [ID] = []
    var classTypes: [ClassType] = []
    /// In the order of ``Library/exercises``.
    var exercises: [ID] = []
    /// Of the last invoice that was sent.
    var lastNumber: Int64 = 0

    private let timeZone: TimeZone

    init(
        index: Int, seed: UInt64, name: Line, slug: Slug, kind: OrganizationKind, zone: TimeZoneID, currency: CurrencyCode,
        rates: [InvoiceRules.Rate], createdAt: Moment
    ) {
        var chance = Chance(seed &* 1_000_003 &+ UInt64(index))
        id = ID(createdAt, &chance)
        owner = ID(createdAt, &chance)
        self.chance = chance
        self.index = index
        (self.name, self.slug, self.kind, self.zone, self.currency) = (name, slug, kind, zone, currency)
        (self.rates, self.createdAt, timeZone) = (rates, createdAt, zone.timeZone)
    }

    var organizationID: OrganizationID { OrganizationID(rawValue: id.uuid) }

    /// When its clocks begin `day`.
    func midnight(_ day: Day) -> Moment {
        let noon = day.midnight + 12 * .hours
        return day.midnight - Double(timeZone.secondsFromGMT(for: noon.date))
    }
}

/// What is put on its timetable.
struct ClassType {
    let id: ID
    let name: Line
    let category: String
    let minutes: Int
    let capacity: Int
    let price: Int64
    let color: String
}

/// A member with what their year goes on from.
final class Member {
    let id: ID
    /// Sessions attended, and workouts alone, on an average day.
    let inClass: Double
    let alone: Double
    /// How much they lift, next to the average.
    let strength: Double
    /// Twelve exercises by their place in the library; four of them, or five, make a workout.
    let routine: [Int]
    /// The best so far in each exercise of the routine, by kind.
    var bests: [Int64]
    var workouts = 0
    var draft: Draft?
    /// What decides how they pay.
    let habits: UInt64

    init(id: ID, _ chance: inout Chance) {
        self.id = id
        inClass = chance.pick([1, 2, 2, 3]) / 7
        alone = chance.pick([0, 1, 1, 2]) / 7
        strength = chance.between(0.6, 1.5)
        var places = Array(Library.exercises.indices)
        routine = (0..<12).map { _ in places.remove(at: chance.below(places.count)) }
        bests = [Int64](repeating: 0, count: 12 * Library.kinds.count)
        habits = chance.next()
    }
}

/// The open invoice of a month.
struct Draft {
    let id: ID
    let createdAt: Moment
    var updatedAt: Moment
    let period: Day
    var lines: Int64 = 1
    var subtotal: Int64
}
