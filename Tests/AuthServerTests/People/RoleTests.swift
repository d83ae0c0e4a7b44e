import AuthContract
import ContractKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct RoleTests {
    @Test("S4-01: one person is trainer and member, and both lists show them") func onePersonIsBoth() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let person = try await gym.auth.call(AddRole(personID: tina.id, role: .member), token: gym.owner)
            #expect(person.roles == [.member, .trainer] && person.version == 2)
            #expect(try await gym.auth.call(ListMembers(), token: gym.owner).data.map(\.id) == [tina.id])
            #expect(try await gym.auth.call(ListTrainers(), token: gym.owner).data.map(\.id) == [tina.id])
            #expect(try await database.said(PersonSaved.self).last?.roles == [.member, .trainer])
            // Once more changes nothing.
            #expect(try await gym.auth.call(AddRole(personID: tina.id, role: .member), token: gym.owner) == person)
            let profile = PutMemberProfile.Body(trainingPhase: "Base", motivation: "Fun")
            _ = try await gym.auth.call(PutMemberProfile(memberID: tina.id), body: profile, token: gym.owner)
            // With both roles a new token reaches both.
            let both = try await gym.auth.login("tina@example.com").accessToken
            #expect(try await gym.auth.call(GetMemberProfile(memberID: tina.id), token: both).motivation == "Fun")
            #expect(try await gym.auth.call(GetMe(), token: both).roles == [.member, .trainer])
        }
    }

    @Test("S1-18: whoever becomes a trainer keeps their id, and there is no trainer without a person") func aTrainerIsAPerson() async throws
    {
        try await withStaff { gym, database in
            let mia = try await gym.member("Mia")
            _ = try await gym.auth.call(AddRole(personID: mia.id, role: .trainer), token: gym.owner)
            let body = UpdateTrainer.Body(bio: "New here", businessName: "Mia Moves", licenseNumber: "ON-77")
            let trainer = try await gym.auth.call(UpdateTrainer(trainerID: mia.id), body: body, token: gym.owner)
            #expect(trainer.id == mia.id && trainer.businessName == "Mia Moves" && trainer.licenseNumber == "ON-77")
            #expect(try await gym.auth.call(GetMember(memberID: mia.id), token: gym.owner).fullName == "Mia")
            let nobody = "insert into auth.trainer_profiles (organization_id, person_id) values ('\(gym.organization)', gen_random_uuid())"
            let error = await #expect(throws: TestSupportError.self) { try await database.sql(nobody) }
            #expect(error?.description.contains("trainer_profiles_person_fkey") == true)
        }
    }

    @Test func whoLosesARoleIsSignedOutAndTheirMembersAreFree() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let mia = try await gym.member("Mia", by: tina.token)
            let remove = RemoveRole(personID: tina.id, role: .trainer)
            #expect(try await problem { try await gym.auth.call(remove, token: gym.owner) }?.isA(.lastRole) == true)
            _ = try await gym.auth.call(AddRole(personID: tina.id, role: .member), token: gym.owner)
            let tokens = try await gym.auth.login("tina@example.com")
            #expect(try await gym.auth.call(remove, token: gym.owner).roles == [.member])
            #expect(try await problem { try await gym.auth.refresh(tokens) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).contains { $0.personID == tina.id })
            #expect(try await gym.trainers(of: mia).isEmpty)
            let again = try await gym.auth.login("tina@example.com").accessToken
            #expect(try await problem { try await gym.auth.call(ListMembers(), token: again) }?.status == 403)
        }
    }

    @Test func nobodyMakesOwnersAndOnlyOwnersMakeAdmins() async throws {
        try await withStaff { gym, _ in
            let (tina, mia) = (try await gym.trainer("Tina"), try await gym.member("Mia"))
            let admin = try await gym.auth.token(roles: [.admin], organization: gym.organization)
            func status(_ role: Role, _ token: String) async throws -> Int? {
                try await problem { try await gym.auth.call(AddRole(personID: mia.id, role: role), token: token) }?.status
            }
            #expect(try await status(.owner, gym.owner) == 403)
            #expect(try await status(.admin, admin) == 403)
            #expect(try await status(.trainer, tina.token) == 403)
            #expect(try await status(.admin, gym.owner) == nil)
            #expect(try await status(.trainer, admin) == nil)
            let elsewhere = try await Staff(gym.auth, slug: "steel-temple")
            #expect(try await status(.trainer, elsewhere.owner) == 404)
        }
    }
}
