import AuthContract
import ContractKit
import Foundation
import Postgres
import SchedulingContract
import ServiceKit
import TestSupport
import Testing

@testable import SchedulingServer

/// Two members who are one, over real tables.
@Suite struct MergeTests {
    /// - Returns: what scheduling answered.
    @discardableResult
    private func merge(_ duplicate: PersonID, into kept: PersonID, _ gym: Gym) async throws -> PersonMergeDone<SchedulingContract> {
        let event = PersonMerged(organizationID: gym.id, mergeID: PersonMergeID(), keptID: kept, duplicateID: duplicate)
        try await gym.hear(OnPersonMerged(), event)
        let said: [PersonMergeDone<SchedulingContract>] = try await gym.said(PersonMergeDone<SchedulingContract>.self)
        return try #require(said.first { $0.mergeID == event.mergeID })
    }

    private func rows(_ done: PersonMergeDone<SchedulingContract>, _ table: String, _ outcome: MergeOutcome) -> Int {
        done.deeds.filter { $0.table == table && $0.outcome == outcome }.map(\.rows).reduce(0, +)
    }

    /// How many rows of the timetable name somebody.
    private func traces(_ person: PersonID, _ gym: Gym) async throws -> String {
        try await gym.stored.sql(
            """
            select (select count(*) from scheduling.bookings where member_id = '\(person)')
                + (select count(*) from scheduling.sessions where trainer_id = '\(person)')
                + (select count(*) from scheduling.people where person_id = '\(person)')
                + (select count(*) from scheduling.trainer_engagements where trainer_id = '\(person)')
            """)
    }

    @Test func everyBookingIsTheKeptPersons() async throws {
        try await withGym { gym in
            let (kept, duplicate, other) = (try await gym.member(), try await gym.member(), try await gym.member())
            let (first, second) = (try await gym.session(day: 1), try await gym.session(day: 2))
            let own = try await gym.book(first, kept)
            let theirs = try await gym.book(second, duplicate)
            let others = try await gym.book(second, other)
            let before = try await gym.stored.sql("select sum(booked), count(*) from scheduling.sessions")
            let done = try await merge(duplicate, into: kept, gym)
            #expect(done.keptID == kept && rows(done, "bookings", .moved) == 1 && rows(done, "people", .dropped) == 1)
            let bookings = try await gym.service.call(ListBookings(memberID: kept), token: gym.staff).data
            #expect(Set(bookings.map(\.id)) == [own.id, theirs.id])
            #expect(bookings.first { $0.id == theirs.id }?.version == theirs.version + 1)
            #expect(try await gym.service.call(ListBookings(memberID: duplicate), token: gym.staff).data.isEmpty)
            #expect(try await gym.bookings(of: second).map(\.memberID) == [kept, other])
            #expect(others.memberID == other)
            #expect(try await gym.stored.sql("select sum(booked), count(*) from scheduling.sessions") == before)
            #expect(try await traces(duplicate, gym) == "0")
            // Nobody books for somebody who is somebody else.
            #expect(try await refusal { try await gym.book(first, duplicate) }?.status == 422)
        }
    }

    @Test func ofTwoPlacesInASessionOneIsGivenBackAndTheNextGetsIt() async throws {
        try await withGym { gym in
            let (kept, duplicate, next) = (try await gym.member(), try await gym.member(), try await gym.member())
            let session = try await gym.session(capacity: 2)
            let own = try await gym.book(session, kept)
            let theirs = try await gym.book(session, duplicate)
            let waiting = try await gym.book(session, next)
            #expect(waiting.status == .waitlisted)
            let done = try await merge(duplicate, into: kept, gym)
            #expect(rows(done, "bookings", .ended) == 1 && rows(done, "bookings", .moved) == 1)
            let bookings = try await gym.bookings(of: session)
            func booking(_ id: BookingID) -> Booking? { bookings.first { $0.id == id } }
            #expect(booking(own.id)?.status == .confirmed && booking(theirs.id)?.status == .cancelled)
            #expect(booking(theirs.id)?.memberID == kept && booking(waiting.id)?.status == .confirmed)
            let after = try await gym.read(session)
            #expect(after.booked == 2 && after.waitlisted == 0)
            let told = try await gym.said(BookingCancelled.self)
            #expect(told.map(\.bookingID) == [theirs.id] && told.map(\.memberID) == [kept])
            #expect(try await gym.said(BookingPromoted.self).map(\.bookingID) == [waiting.id])
        }
    }

    @Test func nobodyLosesAPlaceThatOneOfTheTwoHas() async throws {
        try await withGym { gym in
            let (kept, duplicate) = (try await gym.member(), try await gym.member())
            let session = try await gym.session(capacity: 1)
            let place = try await gym.book(session, duplicate)
            let waiting = try await gym.book(session, kept)
            try await merge(duplicate, into: kept, gym)
            let bookings = try await gym.bookings(of: session)
            #expect(bookings.first { $0.id == place.id }?.status == .confirmed)
            #expect(bookings.first { $0.id == waiting.id }?.status == .cancelled)
            #expect(bookings.allSatisfy { $0.memberID == kept })
            #expect(try await gym.read(session).booked == 1)
        }
    }

    /// It is not late to have been booked twice, and of what was held nobody is told.
    @Test func ofASessionThatBeganOrWasHeldOneStaysQuietly() async throws {
        try await withGym { gym in
            let (kept, duplicate) = (try await gym.member(), try await gym.member())
            let (running, held) = (try await gym.session(day: 1), try await gym.session(day: 2))
            for session in [running, held] {
                _ = try await gym.book(session, kept)
                _ = try await gym.book(session, duplicate)
            }
            _ = try await gym.complete(held)
            try await gym.start(running)
            let done = try await merge(duplicate, into: kept, gym)
            #expect(rows(done, "bookings", .ended) == 2)
            for session in [running, held] {
                #expect(try await gym.bookings(of: session).map(\.status).sorted { $0.rawValue < $1.rawValue } == [.cancelled, .confirmed])
                #expect(try await gym.read(session).booked == 1)
            }
            #expect(try await gym.said(BookingCancelled.self).map(\.sessionID) == [running.id])
        }
    }

    @Test func whoWasInTwoPlacesAtOnceStillIsAndTheReportSaysSo() async throws {
        try await withGym { gym in
            let (kept, duplicate, trainer, twin) = (try await gym.member(), try await gym.member(), PersonID(), PersonID())
            try await gym.save(trainer, [.trainer])
            try await gym.save(twin, [.trainer])
            let (one, two) = (try await gym.session(day: 3, trainer: trainer), try await gym.session(day: 3, trainer: twin))
            _ = try await gym.book(one, kept)
            _ = try await gym.book(two, duplicate)
            let done = try await merge(duplicate, into: kept, gym)
            #expect(rows(done, "bookings", .overlapping) == 1 && rows(done, "bookings", .ended) == 0)
            #expect(try await gym.service.call(ListBookings(memberID: kept), token: gym.staff).data.count == 2)

            let later = try await gym.session(day: 4, trainer: twin)
            let taught = try await merge(twin, into: trainer, gym)
            #expect(rows(taught, "sessions", .overlapping) == 1 && rows(taught, "sessions", .moved) == 1)
            for session in [one, two, later] { #expect(try await gym.read(session).trainerID == trainer) }
            // Both stay as they were booked, and nobody is given a third.
            #expect(try await refusal { try await gym.session(day: 3, trainer: trainer) }?.isA(.trainerUnavailable) == true)
            #expect(try await traces(twin, gym) == "0")
        }
    }

    @Test func whatIsHeardTwiceOrLateChangesNothing() async throws {
        try await withGym { gym in
            let (kept, duplicate) = (try await gym.member(), try await gym.member())
            let session = try await gym.session()
            _ = try await gym.book(session, duplicate)
            let event = PersonMerged(organizationID: gym.id, mergeID: PersonMergeID(), keptID: kept, duplicateID: duplicate)
            try await gym.hear(OnPersonMerged(), event)
            let tables = "select b::text from scheduling.bookings b order by id"
            let before = try await gym.stored.sql(tables)
            try await gym.service.database.transaction(as: Tenant(gym.id)) { tx in
                let merging = try await PersonMerging.begin(duplicate, into: kept, in: gym.id, from: Scheduling.tables, tx)
                #expect(try await merging.finish() == [])
            }
            #expect(try await gym.stored.sql(tables) == before)
            // Copies of the duplicate do not come back, and the kept person's is not overwritten by them.
            try await gym.save(duplicate, [.member], isActive: false, version: 90)
            try await gym.hear(
                OnEngagementSaved(),
                EngagementSaved(
                    organizationID: gym.id, engagementID: EngagementID(), trainerID: duplicate, locationID: gym.location, status: .active,
                    startsOn: .example, endsOn: nil, version: 3))
            #expect(try await traces(duplicate, gym) == "0")
            let copy = try await gym.stored.sql("select is_active, version from scheduling.people where person_id = '\(kept)'")
            #expect(copy == "t|1")
            #expect(try await gym.stored.sql("select count(*) from scheduling.trainer_engagements") == "0")
        }
    }

    @Test(arguments: [true, false]) func chainsResolveInWhateverOrderTheyAreHeard(inOrder: Bool) async throws {
        try await withGym { gym in
            let (a, b, c) = (try await gym.member(), try await gym.member(), try await gym.member())
            var sessions: [Session] = []
            for (day, member) in [a, b, c].enumerated() {
                sessions.append(try await gym.session(day: day + 1))
                _ = try await gym.book(sessions[day], member)
            }
            if inOrder { try await merge(a, into: b, gym) }
            try await merge(b, into: c, gym)
            if !inOrder { #expect(try await merge(a, into: b, gym).keptID == c) }
            #expect(try await gym.service.call(ListBookings(memberID: c), token: gym.staff).data.count == 3)
            let now = try await gym.stored.sql("select distinct kept_id from scheduling.merged_people")
            #expect(now == "\(c)".lowercased())
        }
    }

    /// The kept person was erased before the merge was heard: the duplicate is the same human.
    @Test func whoeverIsMergedIntoSomebodyErasedIsErased() async throws {
        try await withGym { gym in
            let (kept, duplicate, next) = (try await gym.member(), try await gym.member(), try await gym.member())
            let session = try await gym.session(capacity: 1)
            _ = try await gym.book(session, duplicate)
            let waiting = try await gym.book(session, next)
            try await gym.hear(OnErasureRequested(), ErasureRequested(organizationID: gym.id, erasureRequestID: .init(), personID: kept))
            let done = try await merge(duplicate, into: kept, gym)
            #expect(done.deeds.allSatisfy { $0.outcome == .erased } && !done.deeds.isEmpty)
            #expect(try await traces(duplicate, gym) == "0")
            #expect(try await gym.bookings(of: session).first { $0.id == waiting.id }?.status == .confirmed)
            try await gym.save(duplicate, [.member], version: 90)
            #expect(try await traces(duplicate, gym) == "0")
        }
    }

    @Test func erasingTheKeptPersonErasesTheDuplicateToo() async throws {
        try await withGym { gym in
            let (kept, duplicate) = (try await gym.member(), try await gym.member())
            _ = try await gym.book(try await gym.session(), duplicate)
            try await merge(duplicate, into: kept, gym)
            try await gym.hear(OnErasureRequested(), ErasureRequested(organizationID: gym.id, erasureRequestID: .init(), personID: kept))
            #expect(try await gym.stored.sql("select count(*) from scheduling.merged_people") == "0")
            #expect(try await gym.stored.sql("select count(*) from scheduling.erased_people") == "2")
            try await gym.save(duplicate, [.member], version: 90)
            #expect(try await traces(duplicate, gym) == "0")
            #expect(try await traces(kept, gym) == "0")
        }
    }

    /// Staff book for the duplicate as fast as they can while the two are merged.
    @Test func noBookingIsLostInARace() async throws {
        try await withGym { gym in
            for _ in 0..<3 {
                let (kept, duplicate) = (try await gym.member(), try await gym.member())
                var sessions: [Session] = []
                for day in 1...24 { sessions.append(try await gym.session(day: day, trainer: try await trainer(gym))) }
                let booked = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    for session in sessions {
                        tasks.addTask { try await refusal { try await gym.book(session, duplicate) } == nil }
                    }
                    tasks.addTask {
                        // The consumer hears it again when it fails.
                        for attempt in 0..<20 {
                            do {
                                try await merge(duplicate, into: kept, gym)
                                return false
                            } catch  where attempt < 19 {}
                        }
                        return false
                    }
                    return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                let moved = try await gym.stored.sql("select count(*) from scheduling.bookings where member_id = '\(kept)'")
                #expect(moved == "\(booked)")
                #expect(try await traces(duplicate, gym) == "0")
                let counted = try await gym.stored.sql("select sum(booked) from scheduling.sessions")
                let live = try await gym.stored.sql("select count(*) from scheduling.bookings where status = 'confirmed'")
                #expect(counted == live)
            }
        }
    }

    private func trainer(_ gym: Gym) async throws -> PersonID {
        let person = PersonID()
        try await gym.save(person, [.trainer])
        return person
    }
}
