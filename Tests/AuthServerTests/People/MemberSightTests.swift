import AuthContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct MemberSightTests {
    @Test("S1-101, S1-01: a member is seen by their trainer, by whom it was granted and by the team, and by no fourth trainer of the place")
    func aMemberIsSeenByWhomItConcerns() async throws {
        try await withStaff { gym, _ in
            let names = ["Tina", "Grace", "Lena", "Ann", "Fred"]
            var trainers: [String: SignedInTrainer] = [:]
            for name in names { trainers[name] = try await gym.trainer(name) }
            let tina = try #require(trainers["Tina"])
            func under(_ name: String, _ lead: String) async throws {
                _ = try await gym.auth.call(
                    SetParentTrainer(trainerID: trainers[name]!.id), body: .init(parentTrainerID: trainers[lead]!.id), token: gym.owner)
            }
            let mia = try await gym.member("Mia", by: tina.token)
            // Lena leads Tina, whose assistant is Ann. Fred is under nobody.
            try await under("Tina", "Lena")
            try await under("Ann", "Tina")
            _ = try await gym.auth.call(GrantMember(memberID: mia.id), body: .init(trainerID: trainers["Grace"]!.id), token: tina.token)

            for name in ["Tina", "Grace", "Lena", "Ann"] {
                let trainer = try #require(trainers[name])
                #expect(try await gym.refusal(of: trainer, to: mia) == nil, "\(name)")
                #expect(try await gym.members(seenBy: trainer.token) == [mia.id], "\(name)")
            }
            let fred = try #require(trainers["Fred"])
            let other = try await gym.member("Otto", by: fred.token)
            #expect(try await gym.refusal(of: fred, to: mia) == 404)
            #expect(try await gym.members(seenBy: fred.token) == [other.id])
            #expect(try await gym.refusal(of: tina, to: other) == 404)
            let rename = UpdateMember(memberID: mia.id)
            let change = UpdateMember.Body(fullName: "Maria")
            #expect(try await problem { try await gym.auth.call(rename, body: change, token: fred.token) }?.status == 404)
            #expect(try await problem { try await gym.auth.call(rename, body: change, token: trainers["Ann"]!.token) }?.status == 403)
            // The place is for all of them.
            for trainer in [tina, fred] {
                let places = try await gym.auth.call(ListLocations(), token: trainer.token).data
                #expect(places.count == 1)
                #expect(try await gym.auth.call(GetLocation(locationID: places[0].id), token: trainer.token) == places[0])
            }
        }
    }

    @Test("S1-47: a grant shows a member to a second trainer, once, and ends at once when it is taken back")
    func aGrantShowsAMember() async throws {
        try await withStaff { gym, database in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let mia = try await gym.member("Mia", by: tina.token)
            #expect(try await gym.refusal(of: tom, to: mia) == 404)
            let grant = GrantMember(memberID: mia.id)
            let made = try await gym.auth.call(grant, body: .init(trainerID: tom.id), token: tina.token)
            #expect(made.level == .read && made.grantedBy == tina.id && made.memberID == mia.id && made.trainerID == tom.id)
            #expect(try await gym.refusal(of: tom, to: mia) == nil)
            #expect(try await gym.auth.call(ListMemberGrants(memberID: mia.id), token: tom.token).data == [made])
            let twice = try await problem {
                try await gym.auth.call(grant, body: .init(trainerID: tom.id, level: .write), token: gym.owner)
            }
            #expect(twice?.isA(.alreadyGranted) == true)

            let revoke = RevokeMemberGrant(memberID: mia.id, grantID: made.id)
            #expect(try await problem { try await gym.auth.call(revoke, token: tom.token) }?.status == 403)
            _ = try await gym.auth.call(revoke, token: tina.token)
            #expect(try await gym.refusal(of: tom, to: mia) == 404)
            #expect(try await gym.members(seenBy: tom.token).isEmpty)
            #expect(try await problem { try await gym.auth.call(revoke, token: tina.token) }?.status == 404)
            // What was taken back may be granted again.
            _ = try await gym.auth.call(grant, body: .init(trainerID: tom.id), token: gym.owner)
            let said = try await database.said(MemberAccessSaved.self).filter { $0.kind == .granted }
            #expect(said.map(\.isActive) == [true, false, true] && said.map(\.version) == [1, 2, 1])
        }
    }

    @Test("S1-48: with read a trainer reads, with write they change, with admin they grant", arguments: AccessLevel.allCases)
    func whatAGrantAllows(_ level: AccessLevel) async throws {
        try await withStaff { gym, _ in
            let (tina, tom, ted) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"), try await gym.trainer("Ted"))
            let mia = try await gym.member("Mia", by: tina.token)
            _ = try await gym.auth.call(GrantMember(memberID: mia.id), body: .init(trainerID: tom.id, level: level), token: tina.token)
            #expect(try await gym.refusal(of: tom, to: mia) == nil)
            let changed = try await problem {
                try await gym.auth.call(UpdateMember(memberID: mia.id), body: .init(fullName: "Maria"), token: tom.token)
            }
            #expect(changed?.status == (level >= .write ? nil : 403))
            let granted = try await problem {
                try await gym.auth.call(GrantMember(memberID: mia.id), body: .init(trainerID: ted.id), token: tom.token)
            }
            #expect(granted?.status == (level == .admin ? nil : 403))
            #expect(try await gym.refusal(of: ted, to: mia) == (level == .admin ? nil : 404))
            // To remove a member, or to keep them from signing in, is for staff.
            #expect(try await problem { try await gym.auth.call(DeleteMember(memberID: mia.id), token: tom.token) }?.status == 403)
            let inactive = try await problem {
                try await gym.auth.call(UpdateMember(memberID: mia.id), body: .init(isActive: false), token: tom.token)
            }
            #expect(inactive?.status == 403)
        }
    }

    @Test("S3-60: with no filter but the policies', a narrowed statement gives a person's own rows only")
    func thePoliciesHideWhatAStatementForgets() async throws {
        try await withStaff { gym, _ in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let (mia, max) = (try await gym.member("Mia", by: tina.token), try await gym.member("Max", by: tom.token))
            func seen(by person: PersonID?, narrowed: Bool = true) async throws -> Set<PersonID> {
                let tenant = Tenant(gym.organization, person: person, isNarrowed: narrowed)
                return try await gym.auth.database.transaction(as: tenant, readOnly: true) { tx in
                    let people: [PersonID] = try await tx.query("select person_id from people where 'member' = any(roles)")
                    let profiles: [PersonID] = try await tx.query("select person_id from member_profiles")
                    #expect(Set(profiles) == Set(people))
                    return Set(people)
                }
            }
            #expect(try await seen(by: tina.id) == [mia.id])
            #expect(try await seen(by: tom.id) == [max.id])
            #expect(try await seen(by: mia.id) == [mia.id])
            #expect(try await seen(by: PersonID()) == [])
            #expect(try await seen(by: tina.id, narrowed: false) == [mia.id, max.id])
            #expect(try await seen(by: nil) == [mia.id, max.id])
            // Who works here is no secret.
            let staff: [PersonID] = try await gym.auth.database.transaction(
                as: Tenant(gym.organization, person: mia.id, isNarrowed: true), readOnly: true
            ) { try await $0.query("select person_id from people where 'trainer' = any(roles)") }
            #expect(Set(staff) == [tina.id, tom.id])
        }
    }

    @Test func withoutATenantThereIsNobody() async throws {
        try await withStaff { gym, _ in
            _ = try await gym.member("Mia", by: try await gym.trainer("Tina").token)
            for table: SQL in ["people", "member_profiles", "trainer_members", "member_grants"] {
                let rows: Int = try await gym.auth.database.transaction(as: nil, readOnly: true) { tx in
                    try await tx.one("select count(*) from \(table)")
                }
                #expect(rows == 0, "\(table.text)")
            }
        }
    }
}
