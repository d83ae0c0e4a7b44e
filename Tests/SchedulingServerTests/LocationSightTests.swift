import ContractKit
import Foundation
import Postgres
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

/// Staff of some locations: what is held elsewhere is not there for them.
@Suite struct LocationSightTests {
    /// A session with a booking in it.
    private struct Held {
        var session: Session
        var booking: Booking
    }

    private func hold(_ gym: Gym, at location: LocationID, day: Int, trainer: PersonID? = nil) async throws -> Held {
        let session = try await gym.session(day: day, trainer: trainer, location: location)
        return Held(session: session, booking: try await gym.book(session, try await gym.member()))
    }

    private func bound(
        _ gym: Gym, to locations: [LocationID], _ roles: Set<Role> = [.admin], _ person: PersonID = PersonID()
    ) async throws
        -> String
    {
        try await gym.service.token(roles: roles, organization: gym.id, person: person, locations: locations)
    }

    /// The status that an operation of one session or booking is answered with; nil for the others.
    private func status<O: APIOperation>(_ operation: O.Type, of held: Held, by token: String, _ gym: Gym) async throws -> Int? {
        guard ["session_id", "booking_id"].contains(where: O.route.parameters.contains) else { return nil }
        let path = O.route.path.replacing("{session_id}", with: "\(held.session.id)").replacing("{booking_id}", with: "\(held.booking.id)")
        #expect(!path.contains("{"))
        let method = O.route.method.rawValue
        guard O.hasBody else { return try await gym.service.request(method, path, token: token).status }
        // A member whom staff would book, where that is what the operation does.
        return try await gym.service.request(method, path, token: token, json: #"{"member_id":"\#(held.booking.memberID)"}"#).status
    }

    @Test func everyOperationOfASessionOrABookingElsewhereFindsNothing() async throws {
        try await withGym { gym in
            let there = LocationID()
            try await gym.save(location: there)
            let admin = try await bound(gym, to: [gym.location])
            let trainer = try await bound(gym, to: [gym.location], [.trainer], gym.trainer)
            var (day, asked) = (0, 0)
            for operation in SchedulingContract.operations {
                day += 2
                let (here, elsewhere) = (try await hold(gym, at: gym.location, day: day), try await hold(gym, at: there, day: day + 1))
                guard let found = try await status(operation, of: elsewhere, by: admin, gym) else { continue }
                asked += 1
                #expect(found == 404, "\(operation.name)")
                if operation.access.scope(for: [.trainer]) != nil {
                    let own = try await status(operation, of: elsewhere, by: trainer, gym)
                    #expect(own == 404, "\(operation.name) of their own")
                }
                // The booking counted it up, and nothing since.
                #expect(try await gym.read(elsewhere.session).version == elsewhere.session.version + 1, "\(operation.name)")
                let answered = try await status(operation, of: here, by: admin, gym)
                #expect(answered != 404, "\(operation.name) where they work")
            }
            #expect(asked >= 6)
        }
    }

    @Test func listsLeaveOutWhatIsElsewhere() async throws {
        try await withGym { gym in
            let (second, third) = (LocationID(), LocationID())
            try await gym.save(location: second)
            try await gym.save(location: third)
            let held = [
                try await hold(gym, at: gym.location, day: 1), try await hold(gym, at: second, day: 2),
                try await hold(gym, at: third, day: 3),
            ]
            func seen(_ locations: [LocationID], _ role: Role = .admin) async throws -> [Int] {
                let token = try await bound(gym, to: locations, [role])
                let sessions = try await gym.service.call(ListSessions(), token: token).data.map(\.id)
                let places = held.indices.filter { sessions.contains(held[$0].session.id) }
                guard role == .admin else { return places }
                let bookings = try await gym.service.call(ListBookings(), token: token).data.map(\.id)
                #expect(held.indices.filter { bookings.contains(held[$0].booking.id) } == places)
                #expect(
                    try await gym.service.call(ListBookings(memberID: held[0].booking.memberID), token: token).data.count
                        == (places.contains(0) ? 1 : 0))
                let report = try await gym.service.call(GetLocationReport(from: .inDays(0), to: .inDays(10)), token: token)
                // By id, whichever was made first.
                #expect(report.locations.map { "\($0.locationID)" } == places.map { "\(held[$0].session.locationID)" }.sorted())
                #expect(report.total.sessionsScheduled == places.count && report.total.distinctMembers == places.count)
                return places
            }
            #expect(try await seen([gym.location]) == [0])
            #expect(try await seen([second, third]) == [1, 2])
            #expect(try await seen([LocationID()]) == [])
            #expect(try await seen([third], .trainer) == [2])
            // Nobody who works everywhere is asked for anything.
            #expect(try await gym.service.call(ListSessions(), token: gym.staff).data.count == 3)
            #expect(try await gym.service.call(ListBookings(), token: gym.staff).data.count == 3)
        }
    }

    @Test func newSessionsArePutWhereOneWorks() async throws {
        try await withGym { gym in
            let there = LocationID()
            try await gym.save(location: there)
            let (type, token) = (try await gym.classType(), try await bound(gym, to: [gym.location]))
            func put(_ location: LocationID, _ day: Int) async throws -> Problem? {
                let body = CreateSession.Body(classTypeID: type.id, trainerID: gym.trainer, locationID: location, startsAt: .inDays(day))
                return try await refusal { try await gym.service.call(CreateSession(), body: body, token: token) }
            }
            #expect(try await put(there, 1)?.isA(.forbidden) == true)
            #expect(try await put(LocationID(), 1)?.isA(.forbidden) == true)
            #expect(try await put(gym.location, 1) == nil)
            // The trainer's time elsewhere is taken all the same.
            _ = try await gym.session(day: 2, location: there)
            #expect(try await put(gym.location, 2)?.isA(.trainerUnavailable) == true)
        }
    }

    /// Whatever a statement forgets to ask, also one that writes.
    @Test func thePoliciesHideAndKeep() async throws {
        try await withGym { gym in
            let there = LocationID()
            try await gym.save(location: there)
            let (here, elsewhere) = (try await hold(gym, at: gym.location, day: 1), try await hold(gym, at: there, day: 2))
            let tenant = Tenant(gym.id, person: PersonID(), locations: [gym.location.rawValue])
            try await gym.service.database.transaction(as: tenant) { tx in
                let sessions: [SessionID] = try await tx.query("select id from sessions")
                let bookings: [BookingID] = try await tx.query("select id from bookings")
                #expect(sessions == [here.session.id] && bookings == [here.booking.id])
                let changed = [
                    try await tx.execute("update sessions set updated_at = now()"),
                    try await tx.execute("update bookings set updated_at = now()"),
                ]
                #expect(changed == [1, 1])
            }
            for statement: SQL in [
                "update sessions set location_id = \(there)",
                "update bookings set session_id = \(elsewhere.session.id), arrival = 7",
                """
                insert into bookings (organization_id, id, session_id, member_id, arrival, status, booked_at, updated_at)
                values (\(gym.id), \(BookingID()), \(elsewhere.session.id), \(here.booking.memberID), 2, 'confirmed', now(), now())
                """,
            ] {
                let error = await #expect(throws: DatabaseError.self) {
                    try await gym.service.database.transaction(as: tenant) { try await $0.execute(statement) }
                }
                #expect(error?.sqlState == "42501", "\(statement.text)")
            }
        }
    }
}
