import AuthContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing
import WorkoutsContract

@testable import WorkoutsServer

@Suite struct WorkoutSightTests {
    private func access(
        _ floor: Floor, _ trainer: PersonID, _ member: PersonID, _ kind: MemberAccessSaved.Kind = .assigned, id: UUID = UUID.v7(),
        isActive: Bool = true, version: Int64 = 1
    ) -> MemberAccessSaved {
        MemberAccessSaved(
            organizationID: floor.id, accessID: .init(rawValue: id), kind: kind, memberID: member, trainerID: trainer, level: .read,
            isPrimary: false, isActive: isActive, version: version)
    }

    private func trainer(_ floor: Floor, _ id: PersonID, under lead: PersonID) -> PersonSaved {
        PersonSaved(
            organizationID: floor.id, personID: id, roles: [.trainer], isActive: true, fullName: .example, parentTrainerID: lead, version: 1
        )
    }

    @Test func trainersSeeWhatTheirMembersDo() async throws {
        try await withFloor { floor in
            let (ada, own, granted, lead, assistant) = (PersonID(), PersonID(), PersonID(), PersonID(), PersonID())
            let workout = try await floor.workout(of: ada)
            func seen(_ trainer: PersonID) async throws -> Bool {
                let token = try await floor.token(trainer, .trainer)
                let listed = try await floor.service.call(ListWorkouts(memberID: ada), token: token).data.map(\.id)
                let read = try await refusal { try await floor.service.call(GetWorkout(workoutID: workout.id), token: token) }
                #expect(listed == (read == nil ? [workout.id] : []))
                if let read { #expect(read.status == 404) }
                return read == nil
            }
            for trainer in [own, granted, lead, assistant] { #expect(try await !seen(trainer)) }
            let spell = UUID.v7()
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, own, ada, id: spell))
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, granted, ada, .granted))
            try await floor.service.hear(OnPersonSaved(), trainer(floor, own, under: lead))
            try await floor.service.hear(OnPersonSaved(), trainer(floor, assistant, under: own))
            for trainer in [own, granted, lead, assistant, floor.trainer] { #expect(try await seen(trainer)) }
            #expect(try await !seen(PersonID()))

            // Over is over, also when older news comes late.
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, own, ada, id: spell, isActive: false, version: 3))
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, own, ada, id: spell, version: 2))
            for trainer in [own, lead, assistant] { #expect(try await !seen(trainer)) }
            #expect(try await seen(granted))
        }
    }

    @Test("S3-60: with no filter but the policies', a narrowed statement gives a person's own workouts only")
    func thePoliciesHideWhatAStatementForgets() async throws {
        try await withFloor { floor in
            let (ada, ben, tina) = (PersonID(), PersonID(), PersonID())
            let (adas, bens) = (try await floor.workout(of: ada), try await floor.workout(of: ben))
            try await floor.service.hear(OnMemberAccessSaved(), access(floor, tina, ben))
            func seen(by person: PersonID?, isNarrowed: Bool = true) async throws -> Set<WorkoutID> {
                let tenant = Tenant(floor.id, person: person, isNarrowed: isNarrowed)
                return try await floor.service.database.transaction(as: tenant, readOnly: true) { tx in
                    Set(try await tx.query("SELECT workout_id FROM workouts", as: WorkoutID.self))
                }
            }
            #expect(try await seen(by: ada) == [adas.id])
            #expect(try await seen(by: tina) == [bens.id])
            #expect(try await seen(by: floor.trainer) == [adas.id, bens.id])
            #expect(try await seen(by: PersonID()) == [])
            #expect(try await seen(by: floor.owner, isNarrowed: false) == [adas.id, bens.id])
        }
    }
}
