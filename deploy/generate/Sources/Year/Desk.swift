import ContractKit
import Foundation
import SchedulingContract

/// Runs the sessions of a day: places, and what follows when a session is over.
struct Desk {
    let tables: Tables
    let telling: Telling
    let books: Books
    let training: Training
    let now: Moment

    func run(_ planned: PlannedDay, on day: Day, of organization: Organization) throws {
        for session in planned.sessions where session.createdAt < now { try run(session, on: day, of: organization) }
        for (place, startsAt) in planned.alone where startsAt < now {
            try training.train(organization.members[place], of: organization, session: nil, openedAt: startsAt)
        }
    }

    private func run(_ session: PlannedSession, on day: Day, of organization: Organization) throws {
        // Somebody says that it is over a little later.
        let overAt = session.endsAt + organization.chance.between(1 * .minutes, 15 * .minutes)
        var held = HeldSession(
            session, of: organization, on: day,
            state: session.cancelledAt.map { .cancelled($0) } ?? (overAt < now ? .completed(overAt) : .scheduled))
        for taker in session.takers { try book(taker.place, taker.intent, at: taker.bookedAt, in: &held) }
        for waiter in session.waiters { try wait(waiter.place, at: waiter.bookedAt, in: &held) }
        try write(held)
        switch held.state {
        case .scheduled: break
        case .cancelled(let moment):
            try tell(held.messages.calledOff, to: held.affected, of: organization, at: moment, [.sessionCancelled])
        case .completed(let moment): try complete(held, at: moment)
        }
    }

    private func book(_ place: Int, _ intent: PlannedSession.Intent, at bookedAt: Moment, in held: inout HeldSession) throws {
        let member = held.organization.members[place]
        let id = ID(bookedAt, &held.organization.chance)
        held.change()
        held.arrivals += 1
        try tell(held.messages.booked, to: [member.id], of: held.organization, at: bookedAt, [.bookingCreated])
        let givenBackAt = bookedAt + (held.session.startsAt - bookedAt) * 0.6
        if intent == .cancel, givenBackAt < min(now, held.session.cancelledAt ?? now) {
            held.change()
            try tell(held.messages.givenBack, to: [member.id], of: held.organization, at: givenBackAt, [.bookingCancelled])
            return try write(id, of: member, in: held, "cancelled", bookedAt, cancelledAt: givenBackAt)
        }
        switch held.state {
        case .scheduled:
            held.booked += 1
            try write(id, of: member, in: held, "confirmed", bookedAt)
        case .cancelled(let moment):
            held.affected.append(member.id)
            try write(id, of: member, in: held, "cancelled", bookedAt, cancelledAt: moment)
        case .completed(let moment) where intent == .miss:
            try write(id, of: member, in: held, "no_show", bookedAt, changedAt: moment)
        case .completed:
            held.booked += 1
            held.attended.append((place, id))
            let settlement = books.settlement(member, place, of: held.organization, period: held.day.monthBegin)
            try write(id, of: member, in: held, "confirmed", bookedAt, paidAt: settlement.isPaid ? settlement.receivedAt : nil)
        }
    }

    private func wait(_ place: Int, at bookedAt: Moment, in held: inout HeldSession) throws {
        let member = held.organization.members[place]
        let id = ID(bookedAt, &held.organization.chance)
        held.change()
        held.arrivals += 1
        try tell(held.messages.waiting, to: [member.id], of: held.organization, at: bookedAt, [.bookingCreated])
        if case .completed(let moment) = held.state {
            try write(id, of: member, in: held, "cancelled", bookedAt, cancelledAt: moment)
        } else {
            held.waiting += 1
            try write(id, of: member, in: held, "waitlisted", bookedAt)
        }
    }

    private func complete(_ held: HeldSession, at moment: Moment) throws {
        let (organization, session) = (held.organization, held.session)
        let attendees = held.attended.map { organization.members[$0.place].id }
        try tell(held.messages.held, to: attendees, of: organization, at: moment, [.sessionCompleted, .billed, .opened])
        let dayText = InvoiceRules.dayText(session.startsAt.date, in: organization.zone.timeZone)
        for (place, booking) in held.attended {
            let member = organization.members[place]
            try books.bill(
                member, of: organization, session: held.id, booking: booking, type: session.type, dayText: dayText,
                period: held.day.monthBegin, at: moment)
            try training.train(member, of: organization, session: (held.id, session.trainer, session.startsAt), openedAt: moment)
        }
    }

    /// One event, for everybody whom it concerns.
    private func tell(
        _ message: @autoclosure () -> Message, to people: [ID], of organization: Organization, at moment: Moment, _ reactions: [Reaction]
    ) throws {
        let event = ID(moment, &organization.chance)
        try telling.heard(event, at: moment, by: reactions)
        guard !people.isEmpty else { return }
        let message = message()
        for person in people { try telling.tell(message, to: person, of: organization, event: event, at: moment) }
    }

    private func write(
        _ id: ID, of member: Member, in held: HeldSession, _ status: String, _ bookedAt: Moment, cancelledAt: Moment? = nil,
        changedAt: Moment? = nil, paidAt: Moment? = nil
    ) throws {
        let change = cancelledAt ?? changedAt ?? paidAt
        let table = tables.bookings
        try table.begin()
        table.id(held.organization.id)
        table.id(id)
        table.id(held.id)
        table.id(member.id)
        table.int(held.arrivals)
        table.text(status)
        table.text(paidAt == nil ? "pending" : "paid")
        table.moment(bookedAt)
        table.moment(bookedAt)
        table.moment(cancelledAt)
        table.moment(change ?? bookedAt)
        table.long(change == nil ? 1 : 2)
    }

    private func write(_ held: HeldSession) throws {
        let session = held.session
        let (status, endedAt): (String, Moment?) =
            switch held.state {
            case .scheduled: ("scheduled", nil)
            case .completed(let moment): ("completed", moment)
            case .cancelled(let moment): ("cancelled", moment)
            }
        let table = tables.sessions
        try table.begin()
        table.id(held.organization.id)
        table.id(held.id)
        table.id(session.type.id)
        table.id(session.trainer)
        table.id(session.location)
        table.text(status)
        table.moment(session.startsAt)
        table.moment(session.endsAt)
        table.int(session.type.capacity)
        table.int(held.booked)
        table.int(held.waiting)
        table.int(held.arrivals)
        table.long(session.type.price)
        table.text(held.organization.currency.rawValue)
        table.text(status == "cancelled" ? "The trainer is ill" : nil)
        table.moment(session.createdAt)
        table.moment(endedAt ?? session.createdAt)
        table.long(held.version + (endedAt == nil ? 0 : 1))
    }
}

/// A session with what has become of it and its bookings.
struct HeldSession {
    enum State {
        case scheduled
        case completed(Moment)
        case cancelled(Moment)
    }

    let session: PlannedSession
    let organization: Organization
    let day: Day
    let id: ID
    let state: State
    let messages: SessionMessages
    var booked = 0
    var waiting = 0
    /// Bookings that were ever made.
    var arrivals = 0
    private(set) var version: Int64 = 1
    var attended: [(place: Int, booking: ID)] = []
    /// Who had a place when it was called off.
    var affected: [ID] = []

    init(_ session: PlannedSession, of organization: Organization, on day: Day, state: State) {
        (self.session, self.organization, self.day, self.state) = (session, organization, day, state)
        id = ID(session.createdAt, &organization.chance)
        messages = SessionMessages(session, of: organization)
    }

    mutating func change() { version += 1 }
}
