import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct SessionOutcomeTests {
    @Test func completingTellsWhoAttendedAndWhatItCosts() async throws {
        try await withGym { gym in
            let session = try await gym.session(capacity: 3)
            var bookings: [Booking] = []
            for _ in 0..<4 { bookings.append(try await gym.book(session, try await gym.member())) }
            #expect(bookings[3].status == .waitlisted)
            let done = try await gym.service.call(
                CompleteSession(sessionID: session.id), body: .init(attendance: [.init(bookingID: bookings[1].id, attended: false)]),
                token: gym.staff)
            #expect(done.status == .completed)
            #expect((done.booked, done.waitlisted) == (2, 0))
            #expect(try await gym.bookings(of: session).map(\.status) == [.confirmed, .noShow, .confirmed, .cancelled])

            let events = try await gym.said(SessionCompleted.self)
            let event = try #require(events.first)
            #expect(events.count == 1)
            #expect(event.attendees.map(\.bookingID) == [bookings[0].id, bookings[2].id])
            #expect(event.attendees.allSatisfy { $0.price == Gym.price })
            #expect(event.version == done.version)
            #expect((event.trainerID, event.locationID, event.category) == (gym.trainer, gym.location, .group))
        }
    }

    @Test func aSessionIsCompletedOnceWithoutABody() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            let staff = try await gym.staff
            let path = "/v1/sessions/\(session.id)/complete"
            #expect(try await gym.service.request("POST", path, token: staff).status == 200)
            let again = try await gym.service.request("POST", path, token: staff)
            #expect(again.status == 409)
            #expect(try again.problem.isA(.sessionNotScheduled))
            #expect(try await gym.service.request("POST", "/v1/sessions/\(session.id)/cancel", token: staff).status == 409)
            #expect(try await gym.said(SessionCompleted.self).count == 1)
        }
    }

    @Test func aStrangersBookingChangesNothing() async throws {
        try await withGym { gym in
            let (session, other) = (try await gym.session(), try await gym.session(day: 2))
            let stranger = try await gym.book(other, try await gym.member())
            let problem = try await refusal {
                try await gym.service.call(
                    CompleteSession(sessionID: session.id), body: .init(attendance: [.init(bookingID: stranger.id, attended: true)]),
                    token: gym.staff)
            }
            #expect(problem?.errors?.map(\.pointer) == ["#/attendance/0/booking_id"])
            #expect(try await gym.read(session).status == .scheduled)
        }
    }

    @Test func cancellingTellsEveryoneWhoHeldOrAwaitedAPlace() async throws {
        try await withGym { gym in
            let session = try await gym.session(capacity: 1)
            let members = [try await gym.member(), try await gym.member(), try await gym.member()]
            var bookings: [Booking] = []
            for member in members { bookings.append(try await gym.book(session, member)) }
            _ = try await gym.cancel(bookings[2])
            let cancelled = try await gym.service.call(
                CancelSession(sessionID: session.id), body: .init(reason: "Snow"), token: gym.staff)
            #expect(cancelled.status == .cancelled)
            #expect(cancelled.cancelReason == "Snow")
            #expect((cancelled.booked, cancelled.waitlisted) == (0, 0))
            #expect(try await gym.bookings(of: session).allSatisfy { $0.status == .cancelled })
            #expect(try await gym.said(SessionCancelled.self).map(\.memberIDs) == [Array(members.prefix(2))])
        }
    }

    @Test func onlyTheStateThatWasSeenIsEnded() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            _ = try await gym.book(session, try await gym.member())
            let problem = try await refusal {
                try await gym.service.call(CompleteSession(sessionID: session.id), body: .init(), token: gym.staff, ifMatch: "\"v1\"")
            }
            #expect(problem?.status == 412)
            let done = try await gym.service.call(
                CompleteSession(sessionID: session.id), body: .init(), token: gym.staff, ifMatch: "\"v2\"")
            #expect(done.version == 3)
        }
    }
}
