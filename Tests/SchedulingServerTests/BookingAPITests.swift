import BillingContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct BookingAPITests {
    @Test("S1-60, S4-24: a full session waitlists in the order of arrival") func aFullSessionWaitlistsInTheOrderOfArrival() async throws {
        try await withGym { gym in
            let session = try await gym.session(capacity: 1)
            var bookings: [Booking] = []
            for _ in 0..<4 { bookings.append(try await gym.book(session, try await gym.member())) }
            #expect(bookings.map(\.status) == [.confirmed, .waitlisted, .waitlisted, .waitlisted])
            #expect(bookings.map(\.waitlistPosition) == [nil, 1, 2, 3])
            #expect(bookings.allSatisfy { $0.paymentStatus == .pending && $0.sessionID == session.id })

            // Someone in the middle leaves the line: who waited behind moves up.
            _ = try await gym.cancel(bookings[2])
            #expect(try await gym.bookings(of: session).map(\.waitlistPosition) == [nil, 1, nil, 2])

            // The place comes free and is taken when the cancellation returns.
            let cancelled = try await gym.cancel(bookings[0])
            #expect(cancelled.status == .cancelled)
            #expect(try await gym.bookings(of: session).map(\.status) == [.cancelled, .confirmed, .cancelled, .waitlisted])
            let now = try await gym.read(session)
            #expect((now.booked, now.waitlisted) == (1, 1))
            #expect(try await gym.said(BookingPromoted.self).map(\.bookingID) == [bookings[1].id])
            #expect(try await gym.said(BookingCancelled.self).map(\.bookingID) == [bookings[2].id, bookings[0].id])
            #expect(try await gym.said(BookingCreated.self).map(\.status) == bookings.map(\.status))
        }
    }

    @Test("S1-59, S4-23: one booking per member until it is cancelled") func oneBookingPerMemberUntilItIsCancelled() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), try await gym.member())
            let token = try await gym.token(member, [.member])
            let path = "/v1/sessions/\(session.id)/bookings"
            #expect(try await gym.service.request("POST", path, token: token).status == 201)
            let again = try await gym.service.request("POST", path, token: token)
            #expect(again.status == 409)
            #expect(try again.problem.isA(.alreadyBooked))
            #expect(try await gym.read(session).booked == 1)
            let booking = try #require(try await gym.bookings(of: session).first)
            _ = try await gym.cancel(booking, token: token)
            #expect(try await refusal { try await gym.cancel(booking, token: token) }?.isA(.bookingNotActive) == true)
            #expect(try await gym.service.request("POST", path, token: token).status == 201)
        }
    }

    @Test("S1-118: a booking says when it was made and changed, and its session when it was changed itself")
    func bookingsAndSessionsSayWhenTheyChanged() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            let times = """
                select s.updated_at > s.created_at, b.created_at = b.booked_at, b.updated_at > b.created_at, b.updated_at = b.cancelled_at
                from scheduling.sessions s join scheduling.bookings b on b.session_id = s.id order by b.arrival
                """
            let booking = try await gym.book(session, try await gym.member())
            #expect(try await gym.stored.sql(times) == "f|t|f|")
            _ = try await gym.cancel(booking)
            #expect(try await gym.stored.sql(times) == "f|t|t|t")
            _ = try await gym.callOff(session)
            #expect(try await gym.stored.sql(times) == "t|t|t|t")
        }
    }

    @Test func aRepeatedRequestBooksOnce() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), try await gym.member())
            let token = try await gym.token(member, [.member])
            let first = try await gym.service.call(BookSession(sessionID: session.id), body: .init(), token: token, idempotencyKey: "k1")
            let second = try await gym.service.call(BookSession(sessionID: session.id), body: .init(), token: token, idempotencyKey: "k1")
            #expect(first == second)
            #expect(try await gym.said(BookingCreated.self).count == 1)
        }
    }

    @Test func closedSessionsTakeNoBookings() async throws {
        try await withGym { gym in
            let member = try await gym.member()
            let sessions = [try await gym.session(day: 1), try await gym.session(day: 2), try await gym.session(day: 3)]
            try await gym.start(sessions[0])
            _ = try await gym.complete(sessions[1])
            _ = try await gym.callOff(sessions[2])
            for session in sessions {
                #expect(try await refusal { try await gym.book(session, member) }?.isA(.sessionClosed) == true)
            }
        }
    }

    @Test func staffNameAnActiveMember() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            let gone = try await gym.member()
            try await gym.save(gone, [.member], isActive: false, version: 2)
            let unknown = PersonID(now: Date(timeIntervalSinceNow: -3600))
            for person in [gone, unknown, gym.trainer] {
                let problem = try await refusal { try await gym.book(session, person) }
                #expect(problem?.errors?.map(\.pointer) == ["#/member_id"])
            }
            let nobody = try await refusal {
                try await gym.service.call(BookSession(sessionID: session.id), body: .init(), token: gym.staff)
            }
            #expect(nobody?.errors == [FieldError(pointer: "#/member_id", detail: "is missing")])
            #expect(try await gym.read(session).version == 1)
        }
    }

    @Test func waitsForAMemberWhoWasJustAdded() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), PersonID())
            async let booking = gym.book(session, member)
            try await gym.save(member, [.member])
            #expect(try await booking.status == .confirmed)
        }
    }

    @Test func onceItHasStartedOnlyStaffCancelAndNobodyIsPromoted() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(capacity: 1), try await gym.member())
            let booking = try await gym.book(session, member)
            _ = try await gym.book(session, try await gym.member())
            try await gym.start(session)
            let token = try await gym.token(member, [.member])
            #expect(try await refusal { try await gym.cancel(booking, token: token) }?.isA(.sessionClosed) == true)
            #expect(try await gym.cancel(booking).status == .lateCancelled)
            let now = try await gym.read(session)
            #expect((now.booked, now.waitlisted) == (0, 1))
            #expect(try await gym.said(BookingPromoted.self).isEmpty)
        }
    }

    @Test("S4-22: lists a member's bookings, newest first") func listsAMembersBookingsNewestFirst() async throws {
        try await withGym { gym in
            let member = try await gym.member()
            var made: [Booking] = []
            for day in 1...3 { made.append(try await gym.book(try await gym.session(day: day), member)) }
            _ = try await gym.book(try await gym.session(day: 4), try await gym.member())
            let token = try await gym.token(member, [.member])
            let first = try await gym.service.call(ListBookings(limit: 2), token: token)
            #expect(first.data.map(\.id) == [made[2].id, made[1].id])
            let cursor = first.nextCursor.flatMap(Cursor.init(rawValue:))
            #expect(try await gym.service.call(ListBookings(cursor: cursor), token: token).data == [made[0]])
            #expect(try await gym.service.call(ListBookings(memberID: member), token: gym.staff).data.count == 3)
            #expect(try await gym.service.call(ListBookings(), token: gym.staff).data.count == 4)
        }
    }

    @Test func aPaidInvoicePaysItsBookingsOnce() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            let (paid, open) = (try await gym.book(session, try await gym.member()), try await gym.book(session, try await gym.member()))
            let event = InvoicePaid(
                organizationID: gym.id, invoiceID: InvoiceID(), memberID: paid.memberID, number: "2026-0001", total: Gym.price,
                bookingIDs: [paid.id, BookingID()], version: 4)
            try await gym.hear(OnInvoicePaid(), event)
            try await gym.hear(OnInvoicePaid(), event)
            let bookings = try await gym.bookings(of: session)
            #expect(bookings.map(\.paymentStatus) == [.paid, .pending])
            #expect(bookings.map(\.version) == [paid.version + 1, open.version])
        }
    }
}
