import ContractKit
import Foundation
import SchedulingContract
import Testing

@testable import SchedulingServer

@Suite struct BookingRulesTests {
    let now = Date(timeIntervalSince1970: 1_772_359_200)
    let me = PersonID()
    let other = PersonID()

    func held(
        _ status: BookingStatus, startsIn seconds: Double = 3600, sessionStatus: SessionStatus = .scheduled, waitlisted: Int = 0
    ) -> HeldBooking {
        HeldBooking(
            booking: Booking(
                id: BookingID(), sessionID: SessionID(), memberID: me, status: status, waitlistPosition: nil, paymentStatus: .pending,
                className: "Spin", startsAt: now.addingTimeInterval(seconds), bookedAt: now, cancelledAt: nil, version: 3),
            trainerID: other, timeZone: .example, sessionStatus: sessionStatus, sessionWaitlisted: waitlisted)
    }

    @Test func membersBookForThemselves() throws {
        #expect(try BookingRules.member(named: nil, by: me, roles: [.member], .own([.member])) == me)
        #expect(try BookingRules.member(named: me, by: me, roles: [.member], .own([.member])) == me)
        #expect(throws: Problem.self) { try BookingRules.member(named: other, by: me, roles: [.member], .own([.member])) }
    }

    @Test func staffNameTheMember() throws {
        #expect(try BookingRules.member(named: other, by: me, roles: [.owner], .organization) == other)
        #expect(try BookingRules.member(named: nil, by: me, roles: [.owner], .organization) == nil)
        #expect(try BookingRules.member(named: nil, by: me, roles: [.owner, .member], .organization) == me)
    }

    @Test func aPlaceGivenBackGoesToTheFirstInLine() throws {
        #expect(
            try BookingRules.cancel(held(.confirmed, waitlisted: 2), version: nil, now: now, .own([.member]))
                == Cancellation(status: .cancelled, hadPlace: true, promotes: true))
        #expect(
            try BookingRules.cancel(held(.confirmed), version: 3, now: now, .organization)
                == Cancellation(status: .cancelled, hadPlace: true, promotes: false))
        #expect(
            try BookingRules.cancel(held(.waitlisted, waitlisted: 2), version: nil, now: now, .own([.member]))
                == Cancellation(status: .cancelled, hadPlace: false, promotes: false))
    }

    @Test func nobodyIsPromotedIntoASessionUnderWay() throws {
        #expect(
            try BookingRules.cancel(held(.confirmed, startsIn: 0, waitlisted: 1), version: nil, now: now, .organization)
                == Cancellation(status: .lateCancelled, hadPlace: true, promotes: false))
        #expect(
            try BookingRules.cancel(held(.waitlisted, startsIn: -60, waitlisted: 1), version: nil, now: now, .organization)
                == Cancellation(status: .cancelled, hadPlace: false, promotes: false))
        #expect(throws: Problem(.sessionClosed)) {
            try BookingRules.cancel(held(.confirmed, startsIn: 0), version: nil, now: now, .own([.member]))
        }
    }

    @Test func whatIsOverStays() {
        for status in [BookingStatus.cancelled, .lateCancelled, .noShow] {
            #expect(throws: Problem(.bookingNotActive)) { try BookingRules.cancel(held(status), version: nil, now: now, .organization) }
        }
        #expect(throws: Problem(.sessionClosed)) {
            try BookingRules.cancel(held(.confirmed, sessionStatus: .completed), version: nil, now: now, .organization)
        }
        #expect(throws: Problem(.preconditionFailed)) { try BookingRules.cancel(held(.confirmed), version: 2, now: now, .organization) }
    }

    @Test func membersListTheirOwn() throws {
        #expect(try BookingRules.listedMember(nil, by: me, .own([.member])) == me)
        #expect(throws: Problem(.forbidden)) { try BookingRules.listedMember(other, by: me, .own([.member])) }
        #expect(try BookingRules.listedMember(nil, by: me, .organization) == nil)
        #expect(try BookingRules.listedMember(other, by: me, .organization) == other)
    }
}
