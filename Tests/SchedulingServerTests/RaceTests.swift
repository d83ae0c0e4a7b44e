import ContractKit
import Foundation
import Postgres
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

/// Many at once, over real connections: what the constraints and the guarded statements promise.
@Suite struct RaceTests {
    @Test("S1-51: fifty members for one place") func fiftyMembersForOnePlace() async throws {
        try await withGym { gym in
            let session = try await gym.session(capacity: 1)
            var members: [PersonID] = []
            for _ in 0..<50 { members.append(try await gym.member()) }
            let bookings = try await withThrowingTaskGroup(of: Booking.self) { tasks in
                for member in members { tasks.addTask { try await gym.book(session, member) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(bookings.count { $0.status == .confirmed } == 1)
            #expect(bookings.compactMap(\.waitlistPosition).sorted() == Array(1...49))
            let listed = try await gym.bookings(of: session)
            #expect(listed.map(\.waitlistPosition) == [nil] + (1...49).map { $0 })
            #expect(Set(listed.map(\.id)) == Set(bookings.map(\.id)))
            try await expectHonestCounters(gym)
        }
    }

    @Test("S3-65: the same member twenty times") func theSameMemberTwentyTimes() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), try await gym.member())
            let refusals = try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                for _ in 0..<20 { tasks.addTask { try await refusal { try await gym.book(session, member) } } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 1)
            #expect(refusals.compactMap { $0 }.allSatisfy { $0.isA(.alreadyBooked) })
            try await expectHonestCounters(gym)
        }
    }

    /// Seen where events were late: the member arrived after the place was looked for, and before it was asked why there was none.
    @Test func whoArrivesBetweenTwoLooksIsBooked() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), PersonID())
            let booking = try await withThrowingTaskGroup(of: Booking.self) { tasks in
                try await gym.stored.open().transaction(as: Tenant(gym.id)) { gate in
                    // Read by the second look alone.
                    try await gate.execute("lock table merged_people in access exclusive mode")
                    tasks.addTask { try await gym.book(session, member) }
                    try await eventually {
                        try await gym.stored.sql(
                            "select count(*) from pg_locks where relation = 'scheduling.merged_people'::regclass and not granted"
                        )
                        .hasPrefix("1")
                    }
                    try await gate.execute(
                        """
                        insert into people (organization_id, person_id, roles, is_active, version)
                        values (\(gym.id), \(member), '{member}', true, 1)
                        """)
                }
                return try await tasks.next()
            }
            #expect(booking?.status == .confirmed)
        }
    }

    @Test func noTrainerIsInTwoPlaces() async throws {
        try await withGym { gym in
            let (type, staff) = (try await gym.classType(), try await gym.staff)
            var trainers: [PersonID] = []
            for _ in 0..<5 {
                trainers.append(PersonID())
                try await gym.save(trainers[trainers.count - 1], [.trainer])
            }
            let created = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for index in 0..<30 {
                    let trainer = trainers[index % 5]
                    tasks.addTask {
                        let problem = try await refusal {
                            try await gym.service.call(
                                CreateSession(),
                                body: .init(
                                    classTypeID: type.id, trainerID: trainer, locationID: gym.location,
                                    startsAt: .inDays(5, hours: 10 + Double(index / 5) * 0.25), durationMinutes: 60),
                                token: staff)
                        }
                        #expect(problem == nil || problem?.isA(.trainerUnavailable) == true)
                        return problem == nil
                    }
                }
                return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            // Starts 0 to 75 minutes apart, an hour long: one or two fit a trainer, and one always does.
            #expect((5...10).contains(created))
            let overlaps = try await gym.stored.sql(
                """
                select count(*) from scheduling.sessions a
                join scheduling.sessions b using (organization_id, trainer_id)
                where a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at and 'cancelled' not in (a.status, b.status)
                """)
            #expect(overlaps == "0")
        }
    }

    @Test("S4-45: of fifty sessions of one trainer that overlap, one is made") func ofFiftyThatOverlapOneIsMade() async throws {
        try await withGym { gym in
            let (classes, lessons) = (try await gym.classType(), try await gym.classType(capacity: 1, category: .individual))
            let staff = try await gym.staff
            @Sendable func create(_ type: ClassType, at hours: Double) async throws -> (Session?, Problem?) {
                do {
                    let session = try await gym.service.call(
                        CreateSession(),
                        body: .init(
                            classTypeID: type.id, trainerID: gym.trainer, locationID: gym.location, startsAt: .inDays(5, hours: hours),
                            durationMinutes: 60),
                        token: staff)
                    return (session, nil)
                } catch let problem as Problem { return (nil, problem) }
            }
            // Every pair overlaps: starts half a minute apart, an hour long.
            let outcomes = try await withThrowingTaskGroup(of: (Session?, Problem?).self) { tasks in
                for index in 0..<50 {
                    tasks.addTask { try await create(index % 2 == 0 ? classes : lessons, at: 12 + Double(index) / 120) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let made = outcomes.compactMap(\.0)
            #expect(made.count == 1)
            let refusals = outcomes.compactMap(\.1)
            #expect(refusals.count == 49 && refusals.allSatisfy { $0.isA(.trainerUnavailable) && $0.status == 409 })
            // Back to back is allowed.
            let hours = try #require(made.first).endsAt.timeIntervalSince(.inDays(5, hours: 0)) / 3600
            #expect(try await create(lessons, at: hours).1 == nil)
            #expect(try await create(classes, at: hours - 2).1 == nil)
        }
    }

    /// Books, cancels and completes at once, several times over.
    @Test func countersEqualRowsWhateverHappensAtOnce() async throws {
        try await withGym { gym in
            for round in 1...6 {
                let session = try await gym.session(capacity: 3, day: round)
                var bookings: [Booking] = []
                for _ in 0..<6 { bookings.append(try await gym.book(session, try await gym.member())) }
                var newcomers: [PersonID] = []
                for _ in 0..<6 { newcomers.append(try await gym.member()) }
                try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                    for booking in bookings { tasks.addTask { try await refusal { try await gym.cancel(booking) } } }
                    for member in newcomers { tasks.addTask { try await refusal { try await gym.book(session, member) } } }
                    if round > 3 {
                        let staff = try await gym.staff
                        tasks.addTask {
                            try await refusal { try await gym.complete(session, token: staff) }
                        }
                    }
                    for try await problem in tasks {
                        #expect(problem == nil || problem?.isA(.sessionClosed) == true || problem?.isA(.bookingNotActive) == true)
                    }
                }
                let after = try await gym.read(session)
                #expect(after.status == (round > 3 ? .completed : .scheduled))
                // Nobody waits beside a free place.
                #expect(after.waitlisted == 0 || after.booked == after.capacity.rawValue)
                try await expectHonestCounters(gym)
            }
            #expect(try await gym.said(SessionCompleted.self).count == 3)
            // The line moves in the order of arrival: who has a place came before everyone who waits.
            let jumped = try await gym.stored.sql(
                """
                select count(*) from scheduling.bookings waiting
                join scheduling.bookings placed using (organization_id, session_id)
                where waiting.status = 'waitlisted' and placed.status = 'confirmed' and placed.arrival > waiting.arrival
                """)
            #expect(jumped == "0")
        }
    }

    @Test func aSessionIsCompletedOnceByMany() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            _ = try await gym.book(session, try await gym.member())
            let staff = try await gym.staff
            let refusals = try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                for _ in 0..<10 {
                    tasks.addTask {
                        try await refusal { try await gym.complete(session, token: staff) }
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.count { $0 == nil } == 1)
            #expect(refusals.compactMap { $0 }.allSatisfy { $0.isA(.sessionNotScheduled) })
            #expect(try await gym.said(SessionCompleted.self).map(\.attendees.count) == [1])
        }
    }

    private func expectHonestCounters(_ gym: Gym) async throws {
        let wrong = try await gym.stored.sql(
            """
            select s.id, s.booked, s.waitlisted, rows.confirmed, rows.waiting
            from scheduling.sessions s
            cross join lateral (
                select count(*) filter (where b.status = 'confirmed') as confirmed,
                    count(*) filter (where b.status = 'waitlisted') as waiting
                from scheduling.bookings b where b.organization_id = s.organization_id and b.session_id = s.id
            ) rows
            where s.booked <> rows.confirmed or s.waitlisted <> rows.waiting
            """)
        #expect(wrong == "")
    }
}
