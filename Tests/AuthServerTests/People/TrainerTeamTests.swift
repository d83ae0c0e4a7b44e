import AuthContract
import ContractKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TrainerTeamTests {
    @Test("S1-19: trainers work under others, at every depth, and never in a circle") func trainersWorkUnderOthers() async throws {
        try await withStaff { gym, database in
            let (lena, tina, ann) = (try await gym.trainer("Lena"), try await gym.trainer("Tina"), try await gym.trainer("Ann"))
            func under(_ trainer: SignedInTrainer, _ lead: PersonID, by token: String) async throws -> Trainer {
                try await gym.auth.call(SetParentTrainer(trainerID: trainer.id), body: .init(parentTrainerID: lead), token: token)
            }
            let placed = try await under(tina, lena.id, by: gym.owner)
            #expect(placed.parentTrainerID == lena.id && placed.version == 2)
            _ = try await under(ann, tina.id, by: gym.owner)
            #expect(try await gym.auth.call(GetTrainer(trainerID: ann.id), token: ann.token).parentTrainerID == tina.id)
            let team = try await gym.auth.call(ListTeam(trainerID: lena.id), token: lena.token).data
            #expect(
                team == [
                    TeamMate(trainerID: tina.id, fullName: "Tina", parentTrainerID: lena.id, depth: 1),
                    TeamMate(trainerID: ann.id, fullName: "Ann", parentTrainerID: tina.id, depth: 2),
                ])
            #expect(try await problem { try await gym.auth.call(ListTeam(trainerID: lena.id), token: tina.token) }?.status == 403)
            #expect(try await database.said(PersonSaved.self).last?.parentTrainerID == tina.id)

            let mia = try await gym.member("Mia")
            for lead in [lena.id, tina.id, ann.id, mia.id, PersonID()] {
                let refused = try await problem { try await under(lena, lead, by: gym.owner) }
                #expect(refused?.status == 422 && refused?.errors?.map(\.pointer) == ["#/parent_trainer_id"])
            }
            #expect(try await problem { try await under(ann, lena.id, by: ann.token) }?.status == 403)

            let free = try await gym.auth.call(RemoveParentTrainer(trainerID: ann.id), token: gym.owner)
            #expect(free.parentTrainerID == nil)
            #expect(try await under(lena, ann.id, by: gym.owner).parentTrainerID == ann.id)
            // Whoever was under somebody who leaves is under nobody.
            _ = try await gym.auth.call(DeleteTrainer(trainerID: lena.id), token: gym.owner)
            #expect(try await gym.auth.call(GetTrainer(trainerID: tina.id), token: gym.owner).parentTrainerID == nil)
        }
    }
}
