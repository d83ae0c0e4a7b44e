import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct AssignmentTests {
    @Test("S1-40: a trainer adds a member who cannot sign in yet, and is their trainer") func aTrainerAddsAMember() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let mia = try await gym.member("Mia", by: tina.token)
            #expect(!mia.hasAccount && mia.isActive && mia.roles == [.member])
            #expect(try await gym.members(seenBy: tina.token) == [mia.id])
            let made = try await gym.auth.call(ListAssignments(memberID: mia.id), token: tina.token).data
            #expect(made.map(\.trainerID) == [tina.id] && made.allSatisfy(\.isPrimary))
            let said = try #require(try await database.said(MemberAccessSaved.self).last)
            #expect(said.memberID == mia.id && said.trainerID == tina.id && said.isActive && said.isPrimary && said.level == .admin)
        }
    }

    @Test("S2-55: handing a member over moves them to the new trainer's list, and there is one primary trainer at a time")
    func handingAMemberOverMovesThem() async throws {
        try await withStaff { gym, database in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let mia = try await gym.member("Mia", by: tina.token)
            let hand = SetPrimaryTrainer(memberID: mia.id)
            let after = try await gym.auth.call(hand, body: .init(trainerID: tom.id), token: gym.owner).data
            #expect(after.map(\.trainerID) == [tom.id] && after.map(\.isPrimary) == [true])
            #expect(try await gym.members(of: tom, seenBy: gym.owner) == [mia.id])
            #expect(try await gym.members(of: tina, seenBy: gym.owner).isEmpty)
            #expect(try await gym.members(seenBy: tom.token) == [mia.id])
            #expect(try await gym.members(seenBy: tina.token).isEmpty)

            let back = try await gym.auth.call(hand, body: .init(trainerID: tina.id, keepsFormer: true), token: gym.owner).data
            #expect(back.map(\.trainerID) == [tina.id, tom.id] && back.map(\.isPrimary) == [true, false])
            // What changes nothing is said to nobody.
            let said = try await database.said(MemberAccessSaved.self).count
            #expect(try await gym.auth.call(hand, body: .init(trainerID: tina.id), token: gym.owner).data == back)
            #expect(try await database.said(MemberAccessSaved.self).count == said)
            let two = "insert into auth.trainer_members select organization_id, gen_random_uuid(), person_id, '\(mia.id)', true, now()"
            await #expect(throws: TestSupportError.self) {
                try await database.sql("\(two) from auth.people where 'owner' = any(roles)")
            }
        }
    }

    @Test("S4-18, S4-27: a member has several trainers, who each have them on their list") func aMemberHasSeveralTrainers() async throws {
        try await withStaff { gym, _ in
            let (tina, tom, ted) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"), try await gym.trainer("Ted"))
            let (mia, max) = (try await gym.member("Mia"), try await gym.member("Max"))
            #expect(try await gym.assign(tina, to: mia).map(\.isPrimary) == [true])
            #expect(try await gym.assign(tom, to: mia).map(\.isPrimary) == [true, false])
            let trainers = try await gym.assign(ted, to: mia)
            #expect(trainers.map(\.trainerID) == [tina.id, tom.id, ted.id])
            #expect(try await gym.assign(ted, to: mia) == trainers)
            try await gym.assign(tom, to: max)
            #expect(try await gym.members(of: tom, seenBy: gym.owner) == [max.id, mia.id])
            #expect(try await gym.members(of: tina, seenBy: gym.owner) == [mia.id])

            // Who came first of the others follows.
            _ = try await gym.auth.call(UnassignTrainer(memberID: mia.id, trainerID: tina.id), token: gym.owner)
            let left = try await gym.auth.call(ListAssignments(memberID: mia.id), token: gym.owner).data
            #expect(left.map(\.trainerID) == [tom.id, ted.id] && left.map(\.isPrimary) == [true, false])
            let again = UnassignTrainer(memberID: mia.id, trainerID: tina.id)
            #expect(try await problem { try await gym.auth.call(again, token: gym.owner) }?.status == 404)
            // A trainer who is removed leaves everybody.
            _ = try await gym.auth.call(DeleteTrainer(trainerID: tom.id), token: gym.owner)
            #expect(try await gym.trainers(of: mia) == [ted.id])
            #expect(try await gym.trainers(of: max).isEmpty)
        }
    }

    @Test func onlyTrainersAreAssignedAndOnlyByStaff() async throws {
        try await withStaff { gym, _ in
            let tina = try await gym.trainer("Tina")
            let mia = try await gym.member("Mia")
            let other = try await Staff(gym.auth, slug: "steel-temple")
            let ted = try await gym.auth.call(
                CreateTrainer(), body: .init(fullName: "Ted", email: EmailAddress(rawValue: "ted@example.com")!), token: other.owner)
            func status(_ trainer: PersonID, by token: String) async throws -> Int? {
                try await problem { try await gym.auth.call(AssignTrainer(memberID: mia.id, trainerID: trainer), token: token) }?.status
            }
            #expect(try await status(tina.id, by: tina.token) == 403)
            #expect(try await status(mia.id, by: gym.owner) == 404)
            #expect(try await status(ted.id, by: gym.owner) == 404)
            let refused = try await problem {
                try await gym.auth.call(SetPrimaryTrainer(memberID: mia.id), body: .init(trainerID: mia.id), token: gym.owner)
            }
            #expect(refused?.errors?.map(\.pointer) == ["#/trainer_id"])
            #expect(try await gym.trainers(of: mia).isEmpty)
        }
    }

    @Test("S1-46: a trainer's members are found by an index") func aTrainersMembersAreFoundByAnIndex() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let mia = try await gym.member("Mia", by: tina.token)
            // A big organization, in which few members are Tina's.
            try await database.sql(
                """
                insert into auth.people (organization_id, person_id, roles, full_name)
                select '\(gym.organization)', gen_random_uuid(), '{member}', '' from generate_series(1, 5000);
                insert into auth.trainer_members
                select organization_id, gen_random_uuid(), (select person_id from auth.people where roles = '{owner}'), person_id, true, now()
                from auth.people where full_name = '';
                analyze auth.people, auth.trainer_members;
                """)
            let people = PersonStore(ring: try KeyRing(file: gym.auth.keys.settings["MASTER_KEYS_FILE"]!))
            let mine = PersonFilter(role: .member, trainer: tina.id)
            let page = try #require(people.page(of: mine, in: gym.organization, cursor: nil, limit: .standard))
            let plan = try await gym.auth.database.transaction(as: Tenant(gym.organization), readOnly: true) { tx in
                try await tx.query("explain (analyze, costs off) \(page)", as: String.self).joined(separator: "\n")
            }
            #expect(plan.contains("trainer_members_of_trainer") && plan.contains("people_pkey"), "\(plan)")
            #expect(!plan.contains("Seq Scan on trainer_members") && !plan.contains("Seq Scan on people"), "\(plan)")
            #expect(try await gym.members(of: tina, seenBy: gym.owner) == [mia.id])
        }
    }
}
