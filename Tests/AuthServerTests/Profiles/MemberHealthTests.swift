import AuthContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct MemberHealthTests {
    private static let body = PutMemberHealth.Body(
        specialSituation: "Knee surgery in March.\nNo jumps.",
        medicalInfo: MedicalInfo(conditions: ["Asthma"], medications: ["Salbutamol"], allergies: ["Penicillin", "Nuts, \"all\""]),
        goals: "Run without pain")

    private struct Ward {
        var mia: Person
        var herself: String
        var tina: SignedInTrainer
    }

    private func ward(_ gym: Staff) async throws -> Ward {
        let tina = try await gym.trainer("Tina")
        let mia = try await gym.auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: tina.token)
        return Ward(mia: mia, herself: try await gym.auth.login("mia@example.com").accessToken, tina: tina)
    }

    @Test("S0-40, S1-42: health is read by the member and their trainer and by nobody else, and is ciphertext in the database")
    func healthIsForWhomItConcerns() async throws {
        try await withStaff { gym, database in
            let ward = try await ward(gym)
            let (read, write) = (GetMemberHealth(memberID: ward.mia.id), PutMemberHealth(memberID: ward.mia.id))
            #expect(try await problem { try await gym.auth.call(read, token: ward.herself) }?.status == 404)
            let written = try await gym.auth.call(write, body: Self.body, token: ward.tina.token)
            #expect(written.specialSituation == Self.body.specialSituation && written.medicalInfo == Self.body.medicalInfo)
            #expect(written.goals == "Run without pain" && written.version == 1)
            for token in [ward.tina.token, ward.herself] {
                #expect(try await gym.auth.call(read, token: token).medicalInfo == written.medicalInfo)
            }

            let fred = try await gym.trainer("Fred")
            #expect(try await problem { try await gym.auth.call(read, token: fred.token) }?.status == 404)
            let desk = try await gym.auth.token(roles: [.admin], organization: gym.organization)
            for token in [desk, gym.owner] {
                #expect(try await problem { try await gym.auth.call(read, token: token) }?.status == 403)
                #expect(try await problem { try await gym.auth.call(write, body: Self.body, token: token) }?.status == 403)
            }
            // The desk sees who she is all the same.
            #expect(try await gym.auth.call(GetMember(memberID: ward.mia.id), token: desk).fullName == "Mia")
            #expect(!(try await gym.auth.request("GET", "/v1/members/\(ward.mia.id)/profile", token: desk).text.contains("Asthma")))

            let stored = try await database.sql(
                "select encode(special_situation, 'escape'), encode(medical_info, 'escape'), encode(goals, 'escape') from auth.member_health"
            )
            #expect(stored.utf8.count > 90)
            for plain in ["Knee", "Asthma", "Salbutamol", "Penicillin", "pain"] { #expect(!stored.contains(plain), "\(plain)") }
        }
    }

    @Test("S2-22: a member and their trainer write health and the contact for emergencies, and read each other's words")
    func bothWriteIt() async throws {
        try await withStaff { gym, _ in
            let ward = try await ward(gym)
            let (read, write) = (GetMemberHealth(memberID: ward.mia.id), PutMemberHealth(memberID: ward.mia.id))
            let contact = EmergencyContact(fullName: "Zora", phone: PhoneNumber(rawValue: "+14165550123")!)
            for (writer, reader) in [(ward.herself, ward.tina.token), (ward.tina.token, ward.herself)] {
                var body = Self.body
                body.goals = writer == ward.herself ? "Hers" : "Tina's"
                let written = try await gym.auth.call(write, body: body, token: writer)
                #expect(try await gym.auth.call(read, token: reader).goals == body.goals)
                #expect(try await gym.auth.call(read, token: reader).version == written.version)
                let profile = PutMemberProfile.Body(trainingPhase: "Base", motivation: "Fun", emergencyContact: contact)
                _ = try await gym.auth.call(PutMemberProfile(memberID: ward.mia.id), body: profile, token: writer)
                #expect(try await gym.auth.call(GetMemberProfile(memberID: ward.mia.id), token: reader).emergencyContact == contact)
            }
            let fred = try await gym.trainer("Fred")
            #expect(try await problem { try await gym.auth.call(read, token: fred.token) }?.status == 404)
            #expect(try await problem { try await gym.auth.call(write, body: Self.body, token: fred.token) }?.status == 404)
        }
    }

    @Test func aGrantOpensItAndTheTeamAloneDoesNot() async throws {
        try await withStaff { gym, _ in
            let ward = try await ward(gym)
            let (lena, tom) = (try await gym.trainer("Lena"), try await gym.trainer("Tom"))
            _ = try await gym.auth.call(
                SetParentTrainer(trainerID: ward.tina.id), body: .init(parentTrainerID: lena.id), token: gym.owner)
            let grant = try await gym.auth.call(
                GrantMember(memberID: ward.mia.id), body: .init(trainerID: tom.id), token: ward.tina.token)
            let (read, write) = (GetMemberHealth(memberID: ward.mia.id), PutMemberHealth(memberID: ward.mia.id))
            _ = try await gym.auth.call(write, body: Self.body, token: ward.herself)
            #expect(try await gym.refusal(of: lena, to: ward.mia) == nil)
            #expect(try await problem { try await gym.auth.call(read, token: lena.token) }?.status == 403)
            #expect(try await gym.auth.call(read, token: tom.token).goals == Self.body.goals)
            #expect(try await problem { try await gym.auth.call(write, body: Self.body, token: tom.token) }?.status == 403)
            _ = try await gym.auth.call(RevokeMemberGrant(memberID: ward.mia.id, grantID: grant.id), token: gym.owner)
            #expect(try await problem { try await gym.auth.call(read, token: tom.token) }?.status == 404)
        }
    }

    @Test("S3-60: with no filter but the policies', health is there for the member and those who train them only")
    func thePoliciesHideHealth() async throws {
        try await withStaff { gym, _ in
            let ward = try await ward(gym)
            let lena = try await gym.trainer("Lena")
            _ = try await gym.auth.call(
                SetParentTrainer(trainerID: ward.tina.id), body: .init(parentTrainerID: lena.id), token: gym.owner)
            _ = try await gym.auth.call(PutMemberHealth(memberID: ward.mia.id), body: Self.body, token: ward.herself)
            for (person, isSeen) in [(ward.mia.id, true), (ward.tina.id, true), (lena.id, false), (PersonID(), false)] {
                let tenant = Tenant(gym.organization, person: person, isNarrowed: true)
                let rows: Int = try await gym.auth.database.transaction(as: tenant, readOnly: true) { tx in
                    try await tx.one("select count(*) from member_health")
                }
                #expect(rows == (isSeen ? 1 : 0))
            }
        }
    }
}
