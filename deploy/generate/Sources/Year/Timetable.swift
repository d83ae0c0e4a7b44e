import ContractKit
import Foundation
import SchedulingContract

/// A session of a day, with those who come to it.
struct PlannedSession {
    /// What a member does about a place.
    enum Intent { case attend, miss, cancel }

    let type: ClassType
    let trainer: ID
    let location: ID
    let startsAt: Moment
    /// Decided the day before, or nil: it takes place.
    var cancelledAt: Moment?
    var takers: [(place: Int, intent: Intent, bookedAt: Moment)] = []
    /// Who came too late for a place.
    var waiters: [(place: Int, bookedAt: Moment)] = []

    var endsAt: Moment { startsAt + Double(type.minutes) * .minutes }
    var hasPlace: Bool { takers.count < type.capacity }
    /// The timetable is made four weeks ahead.
    var createdAt: Moment { startsAt - Double(Shape.ahead) * .days }
}

/// What everybody of an organization does on one day.
struct PlannedDay {
    var sessions: [PlannedSession]
    /// Who trains alone, and when.
    var alone: [(place: Int, startsAt: Moment)] = []

    init(_ day: Day, of organization: Organization, _ timetable: Shape.Timetable, now: Moment) {
        let midnight = organization.midnight(day)
        sessions = (0..<timetable.sessionsPerDay).map { number in
            // Spread from six in the morning to nine in the evening, on the quarter hour; a trainer's are hours apart.
            let quarters = number * 60 / timetable.sessionsPerDay
            let startsAt = midnight + 6 * .hours + Double(quarters) * 15 * .minutes
            let isOff = organization.chance.happens(Shape.sessionsCancelled)
            return PlannedSession(
                type: organization.classTypes[(number + day.number) % organization.classTypes.count],
                trainer: organization.trainers[(number + day.number) % organization.trainers.count],
                location: organization.locations[number % organization.locations.count], startsAt: startsAt,
                cancelledAt: isOff && startsAt - 1 * .days < now ? startsAt - 1 * .days : nil)
        }
        for place in organization.members.indices { decide(place, organization, midnight: midnight, now: now) }
        for index in sessions.indices { addWaiters(to: index, organization, now: now) }
    }

    private mutating func decide(_ place: Int, _ organization: Organization, midnight: Moment, now: Moment) {
        let member = organization.members[place]
        var draw = organization.chance.unit()
        func falls(_ share: Double) -> Bool {
            draw -= share
            return draw < 0
        }
        let intent: PlannedSession.Intent
        if falls(member.inClass) {
            intent = .attend
        } else if falls(Shape.cancelled) {
            intent = .cancel
        } else if falls(Shape.missed) {
            intent = .miss
        } else if falls(member.alone) {
            return trainAlone(place, organization, midnight)
        } else {
            return
        }
        let first = organization.chance.below(sessions.count)
        // The next one with a place, and when all are full, alone.
        guard let index = sessions.indices.map({ ($0 + first) % sessions.count }).first(where: { sessions[$0].hasPlace }) else {
            if intent == .attend { trainAlone(place, organization, midnight) }
            return
        }
        let session = sessions[index]
        let bookedAt = session.startsAt - organization.chance.between(0.5 * .hours, 7 * .days)
        guard bookedAt < now, session.cancelledAt.map({ bookedAt < $0 }) ?? true else { return }
        sessions[index].takers.append((place, intent, bookedAt))
    }

    private mutating func trainAlone(_ place: Int, _ organization: Organization, _ midnight: Moment) {
        alone.append((place, midnight + organization.chance.between(6 * .hours, 21 * .hours)))
    }

    private mutating func addWaiters(to index: Int, _ organization: Organization, now: Moment) {
        let session = sessions[index]
        sessions[index].takers.sort { $0.bookedAt < $1.bookedAt }
        // Nobody who had a place gave it back: otherwise the first who waits would have got it.
        guard !session.hasPlace, session.cancelledAt == nil, session.takers.allSatisfy({ $0.intent != .cancel }),
            let last = sessions[index].takers.last?.bookedAt
        else { return }
        let place = organization.chance.below(organization.members.count)
        let bookedAt = last + organization.chance.between(1, 25 * .minutes)
        guard !session.takers.contains(where: { $0.place == place }), bookedAt < now, bookedAt < session.startsAt else { return }
        sessions[index].waiters.append((place, bookedAt))
    }
}
