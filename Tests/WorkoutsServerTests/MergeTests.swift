import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

/// Two members who are one: one history of what they lifted.
@Suite struct MergeTests {
    @discardableResult
    private func merge(_ duplicate: PersonID, into kept: PersonID, _ floor: Floor) async throws -> PersonMergeDone<WorkoutsContract> {
        let event = PersonMerged(organizationID: floor.id, mergeID: PersonMergeID(), keptID: kept, duplicateID: duplicate)
        try await floor.service.hear(OnPersonMerged(notes: SessionNoteStore(ring: floor.service.keys.ring())), event)
        let said: [PersonMergeDone<WorkoutsContract>] = try await floor.stored.said(
            PersonMergeDone<WorkoutsContract>.self, organization: floor.id)
        return try #require(said.first { $0.mergeID == event.mergeID })
    }

    private func rows(_ done: PersonMergeDone<WorkoutsContract>, _ table: String, _ outcome: MergeOutcome) -> Int {
        done.deeds.filter { $0.table == table && $0.outcome == outcome }.map(\.rows).reduce(0, +)
    }

    private func workouts(of member: PersonID, _ floor: Floor) async throws -> [Workout] {
        try await floor.service.call(ListWorkouts(memberID: member), token: floor.staff).data
    }

    @Test func recordsAreThoseOfBoth() async throws {
        try await withFloor { floor in
            let (kept, duplicate) = (PersonID(), PersonID())
            let press = try await floor.exercise("Bench Press")
            // In the order of time: 60, 80 of the other, 70, 90 of the other.
            for (member, weight) in [(kept, 60.0), (duplicate, 80.0), (kept, 70.0), (duplicate, 90.0)] {
                let workout = try await floor.workout(of: member)
                try await floor.log(press, 1, weight, in: workout)
                _ = try await floor.complete(workout)
            }
            let done = try await merge(duplicate, into: kept, floor)
            #expect(rows(done, "workouts", .moved) == 2 && rows(done, "personal_records", .moved) == 4)
            // With 80 behind them 70 was none: neither the weight nor what follows from it.
            #expect(rows(done, "personal_records", .dropped) == 2)
            let all = try await workouts(of: kept, floor)
            #expect(all.count == 4 && all.flatMap(\.exercises).flatMap(\.sets).count == 4)
            let heaviest = all.flatMap(\.records).filter { $0.kind == .heaviestWeight }.map(\.value).sorted()
            #expect(heaviest == [60, 80, 90])
            #expect(try await workouts(of: duplicate, floor).isEmpty)
            // And the next one has to beat the better half.
            let next = try await floor.workout(of: kept)
            try await floor.log(press, 1, 85, in: next)
            #expect(try await floor.complete(next).records.isEmpty)
        }
    }

    @Test func ofTwoWorkoutsOfASessionNothingThatWasLoggedIsLost() async throws {
        try await withFloor { floor in
            let (kept, duplicate) = (PersonID(), PersonID())
            let press = try await floor.exercise("Bench Press")
            let (empty, full) = (floor.completed([kept, duplicate]), floor.completed([kept, duplicate]))
            for event in [empty, full] { try await floor.service.hear(OnSessionCompleted(), event) }
            let theirs = try #require(try await workouts(of: duplicate, floor).first { $0.sessionID == full.sessionID })
            try await floor.log(press, 5, 50, in: theirs)
            let done = try await merge(duplicate, into: kept, floor)
            #expect(rows(done, "workouts", .dropped) == 1 && rows(done, "workouts", .moved) == 1)
            let all = try await workouts(of: kept, floor)
            #expect(all.count == 3 && Set(all.compactMap(\.sessionID)) == [empty.sessionID, full.sessionID])
            #expect(all.first { $0.id == theirs.id }?.exercises.flatMap(\.sets).count == 1)
            // Heard again, the sessions open nothing.
            for event in [empty, full] { try await floor.service.hear(OnSessionCompleted(), event) }
            #expect(try await workouts(of: kept, floor).count == 3)
            #expect(try await workouts(of: duplicate, floor).isEmpty)
        }
    }

    @Test func whatWasNotedOfEitherIsReadByTheKeptPerson() async throws {
        try await withFloor { floor in
            let (kept, duplicate) = (PersonID(), PersonID())
            let both = floor.completed([kept, duplicate])
            try await floor.service.hear(OnSessionCompleted(), both)
            let theirs = try #require(try await workouts(of: duplicate, floor).first)
            let alone = try await floor.workout(of: duplicate)
            for workout in [theirs, alone, try await floor.workout(of: kept)] {
                try await floor.note(
                    workout, .init(sessionDate: .held, plan: "Band walks", measurements: nil, privateNotes: "Ask about the divorce"))
            }
            let done = try await merge(duplicate, into: kept, floor)
            #expect(rows(done, "session_notes", .moved) == 2 && rows(done, "workouts", .dropped) == 0)
            let token = try await floor.token(kept)
            let notes = try await floor.service.call(ListSessionNotes(memberID: kept), token: token).data
            #expect(notes.count == 3 && notes.allSatisfy { $0.plan == "Band walks" && $0.memberID == kept && $0.privateNotes == nil })
            let read = try await floor.service.call(
                GetSessionNote(workoutID: alone.id), token: floor.token(floor.trainer, .trainer))
            #expect(read.privateNotes == "Ask about the divorce" && read.version == 2)
            #expect(try await floor.stored.sql("select person_id from workouts.person_keys") == "\(kept)")
        }
    }

    @Test func whatIsHeardLateIsTheKeptPersons() async throws {
        try await withFloor { floor in
            let (kept, duplicate, trainer) = (PersonID(), PersonID(), PersonID())
            try await merge(duplicate, into: kept, floor)
            try await floor.service.hear(OnSessionCompleted(), floor.completed([duplicate]))
            #expect(try await workouts(of: kept, floor).count == 1)
            try await floor.service.hear(
                OnMemberAccessSaved(),
                MemberAccessSaved(
                    organizationID: floor.id, accessID: .init(), kind: .assigned, memberID: duplicate, trainerID: trainer, level: .write,
                    isPrimary: false, isActive: true, version: 1))
            #expect(try await floor.stored.sql("select member_id from workouts.member_access") == "\(kept)")
            func save(_ person: PersonID, under lead: PersonID? = nil, version: Int64) async throws {
                try await floor.service.hear(
                    OnPersonSaved(),
                    PersonSaved(
                        organizationID: floor.id, personID: person, roles: [.member, .trainer], isActive: true,
                        fullName: SealedText(Data()), parentTrainerID: lead, version: version))
            }
            try await save(duplicate, version: 9)
            #expect(try await floor.stored.sql("select count(*) from workouts.people") == "0")
            try await save(kept, version: 1)
            try await save(trainer, under: duplicate, version: 1)
            let lead = try await floor.stored.sql("select parent_trainer_id from workouts.people where person_id = '\(trainer)'")
            #expect(lead == "\(kept)")
        }
    }
}
