import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct LocationReportTests {
    private func report(_ gym: Gym, _ days: Range<Int> = -1..<30, token: String? = nil) async throws -> LocationReport {
        let staff = try await gym.staff
        let question = GetLocationReport(from: .inDays(days.lowerBound, hours: 0), to: .inDays(days.upperBound, hours: 0))
        return try await gym.service.call(question, token: token ?? staff)
    }

    /// Nothing but what is named.
    private func figures(
        scheduled: Int = 0, held: Int = 0, cancelled: Int = 0, places: Int = 0, confirmed: Int = 0, waitlisted: Int = 0,
        lateCancelled: Int = 0, noShows: Int = 0, attended: Int = 0, members: Int = 0, utilization: Double? = nil
    ) -> SessionFigures {
        SessionFigures(
            sessionsScheduled: scheduled, sessionsHeld: held, sessionsCancelled: cancelled, placesOffered: places, confirmed: confirmed,
            waitlisted: waitlisted, lateCancelled: lateCancelled, noShows: noShows, attended: attended, distinctMembers: members,
            utilization: utilization)
    }

    @Test func everyBookingIsCountedByWhatBecameOfIt() async throws {
        try await withGym { gym in
            let harbour = LocationID()
            try await gym.save(location: harbour)
            let (mia, max, ada) = (try await gym.member(), try await gym.member(), try await gym.member())
            let held = try await gym.session(capacity: 4, day: 1)
            let (came, missed) = (try await gym.book(held, mia), try await gym.book(held, max))
            let late = try await gym.book(held, ada)
            try await gym.start(held)
            #expect(try await gym.cancel(late).status == .lateCancelled)
            _ = try await gym.service.call(
                CompleteSession(sessionID: held.id),
                body: .init(attendance: [.init(bookingID: came.id, attended: true), .init(bookingID: missed.id, attended: false)]),
                token: gym.staff)

            let coming = try await gym.session(capacity: 2, day: 2, location: harbour)
            _ = try await gym.book(coming, mia)
            // Given back in time: nobody's place.
            _ = try await gym.cancel(try await gym.book(coming, ada))
            let off = try await gym.session(capacity: 10, day: 3, location: harbour)
            _ = try await gym.book(off, ada)
            _ = try await gym.callOff(off)
            let full = try await gym.session(capacity: 1, day: 4, location: harbour)
            _ = try await gym.book(full, mia)
            _ = try await gym.book(full, max)

            let report = try await report(gym)
            let main = figures(
                held: 1, places: 4, confirmed: 1, lateCancelled: 1, noShows: 1, attended: 1, members: 3, utilization: 0.75)
            let second = figures(scheduled: 2, cancelled: 1, places: 3, confirmed: 2, waitlisted: 1, members: 1, utilization: 0.6667)
            #expect(report.locations.map(\.locationID) == [gym.location, harbour])
            #expect(report.locations.map(\.figures) == [main, second])
            // Mia comes to both.
            let total = figures(
                scheduled: 2, held: 1, cancelled: 1, places: 7, confirmed: 3, waitlisted: 1, lateCancelled: 1, noShows: 1, attended: 1,
                members: 3, utilization: 0.7143)
            #expect(report.total == total)
        }
    }

    @Test func theLastMomentIsNotPartOfIt() async throws {
        try await withGym { gym in
            _ = try await gym.session(day: 5)
            let noon = Date.inDays(5)
            func sessions(_ from: Date, _ to: Date) async throws -> Int {
                try await gym.service.call(GetLocationReport(from: from, to: to), token: gym.staff).total.sessionsScheduled
            }
            #expect(try await sessions(noon - 1, noon) == 0)
            #expect(try await sessions(noon, noon + 1) == 1)
            #expect(try await sessions(noon + 1, noon + 2) == 0)
        }
    }

    @Test func placesWithoutSessionsHaveNoUtilization() async throws {
        try await withGym { gym in
            // Of one millisecond, the later id may be the lesser.
            let ids = [LocationID(), LocationID()].sorted { $0.description < $1.description }
            let (empty, closed) = (ids[0], ids[1])
            for location in ids { try await gym.save(location: location) }
            _ = try await gym.session(day: 1, location: closed)
            try await gym.save(location: closed, isActive: false, version: 2)
            let before = try await report(gym)
            #expect(before.locations.map(\.locationID) == [gym.location, empty, closed])
            #expect(before.locations.map(\.figures.utilization) == [nil, nil, 0])
            // One that is closed stands there for what it held.
            #expect(try await report(gym, 10..<20).locations.map(\.locationID) == [gym.location, empty])
            let stranger = try await Gym(gym.service, gym.stored)
            let others = try await report(gym, token: stranger.staff)
            #expect(others.locations.map(\.locationID) == [stranger.location] && others.total == figures())
        }
    }

    @Test func aYearIsTheMost() async throws {
        try await withGym { gym in
            let start = Date.inDays(0)
            let questions: [(Date?, Date?, Int)] = [
                (start, start + 366 * 86_400, 200), (start, start + 366 * 86_400 + 1, 422), (start, start, 422), (start, nil, 422),
                (nil, start, 422),
            ]
            for (from, to, status) in questions {
                let query = [("from", from), ("to", to)].compactMap { name, moment in moment.map { "\(name)=\(Moment.text($0))" } }
                let path = "/v1/reports/locations?" + query.joined(separator: "&")
                let answer = try await gym.service.request("GET", path, token: try await gym.token(PersonID(), [.admin]))
                #expect(answer.status == status, "\(path)")
            }
            for role in [Role.trainer, .member] {
                let token = try await gym.token(PersonID(), [role])
                let refused = try await refusal { try await report(gym, token: token) }
                #expect(refused?.isA(.forbidden) == true, "\(role)")
            }
        }
    }
}
