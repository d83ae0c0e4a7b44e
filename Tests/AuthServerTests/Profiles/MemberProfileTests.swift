import AuthContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct MemberProfileTests {
    private static let written = PutMemberProfile.Body(
        trainingPhase: "Base building", motivation: "A marathon.\nIn spring.", dateOfBirth: LocalDay(rawValue: "1990-02-28")!,
        emergencyContact: EmergencyContact(fullName: "Zora Quimby", phone: PhoneNumber(rawValue: "+14165550123")!, relationship: "sister"),
        source: .walkIn)

    @Test("S0-39: a profile says training phase and motivation, and a member is added without one") func aProfileSaysBoth() async throws {
        try await withStaff { gym, _ in
            let mia = try await gym.member("Mia")
            let path = "/v1/members/\(mia.id)/profile"
            let bare = try await gym.auth.call(GetMemberProfile(memberID: mia.id), token: gym.owner)
            #expect(bare.trainingPhase == nil && bare.motivation == nil && bare.preferences == .empty && bare.version == 1)
            for (json, pointer) in [
                (#"{"motivation":"A marathon"}"#, "#/training_phase"), (#"{"training_phase":"Base"}"#, "#/motivation"),
                (#"{"training_phase":"","motivation":"A marathon"}"#, "#/training_phase"),
            ] {
                let answer = try await gym.auth.request("PUT", path, token: gym.owner, json: json)
                #expect(answer.status == 422)
                #expect(try answer.problem.errors?.map(\.pointer) == [pointer])
            }
            #expect(try await gym.auth.call(GetMemberProfile(memberID: mia.id), token: gym.owner) == bare)
            let after = try await gym.auth.call(PutMemberProfile(memberID: mia.id), body: Self.written, token: gym.owner)
            #expect(after.trainingPhase == "Base building" && after.motivation == "A marathon.\nIn spring." && after.version == 2)
        }
    }

    @Test("S1-41: who a member is stands in the database as ciphertext, reads back exactly, and is found by the exact address")
    func whoAMemberIsIsSealed() async throws {
        try await withStaff { gym, database in
            let email = "planted.person@example.com"
            let mia = try await gym.auth.addMember("Xanthippe Quimby", email: email, phone: "+14165550199", token: gym.owner)
            let put = PutMemberProfile(memberID: mia.id)
            let profile = try await gym.auth.call(put, body: Self.written, token: gym.owner)
            #expect(profile.dateOfBirth?.rawValue == "1990-02-28" && profile.emergencyContact == Self.written.emergencyContact)
            #expect(try await gym.auth.call(GetMemberProfile(memberID: mia.id), token: gym.owner) == profile)
            let read = try await gym.auth.call(GetMember(memberID: mia.id), token: gym.owner)
            #expect(read.fullName == "Xanthippe Quimby" && read.email?.rawValue == email && read.phone?.rawValue == "+14165550199")
            #expect(try await gym.auth.call(ListMembers(query: SearchText(rawValue: email)), token: gym.owner).data.map(\.id) == [mia.id])
            #expect(try await gym.auth.call(ListMembers(query: "planted.person@example.co"), token: gym.owner).data.isEmpty)

            let stored = try await database.sql(
                """
                select encode(p.full_name, 'escape'), encode(p.email, 'escape'), encode(p.phone, 'escape'), encode(m.date_of_birth, 'escape'),
                    encode(m.emergency_contact, 'escape'), encode(m.training_phase, 'escape'), encode(m.motivation, 'escape')
                from auth.people p join auth.member_profiles m using (organization_id, person_id) where p.person_id = '\(mia.id)'
                """)
            #expect(stored.utf8.count > 200)
            for plain in ["Xanthippe", "Quimby", "planted", "4165550", "1990", "Zora", "sister", "Base", "marathon"] {
                #expect(!stored.contains(plain), "\(plain)")
            }
            // Nothing of the kind is in what other services are told.
            let said = try await database.sql("select convert_from(envelope, 'UTF8') from auth.outbox")
            #expect(!said.contains("Zora") && !said.contains("1990-02-28"))
        }
    }

    @Test("S1-43: what a place keeps of a member's wishes comes back as it was") func preferencesComeBack() async throws {
        try await withStaff { gym, _ in
            let mia = try await gym.member("Mia")
            let json = #"{"training_phase":"Base","motivation":"Fun","preferences":{"music":["punk",1.5,null],"deep":{"a":{"b":false}}}}"#
            let answer = try await gym.auth.request("PUT", "/v1/members/\(mia.id)/profile", token: gym.owner, json: json)
            #expect(answer.status == 200)
            let kept = try await gym.auth.call(GetMemberProfile(memberID: mia.id), token: gym.owner).preferences.rawValue
            #expect(kept == ["music": ["punk", .double(1.5), nil], "deep": ["a": ["b": false]]])
        }
    }

    @Test("S1-44: members came by one of four ways, and are counted by them") func membersAreCountedBySource() async throws {
        try await withStaff { gym, _ in
            func came(_ sources: MemberSource?...) async throws {
                for source in sources {
                    var body = Self.written
                    body.source = source
                    let member = try await gym.member("Somebody")
                    _ = try await gym.auth.call(PutMemberProfile(memberID: member.id), body: body, token: gym.owner)
                }
            }
            try await came(.walkIn, .walkIn, .walkIn, .referral, .referral, .online)
            let gone = try await gym.member("Gone")
            _ = try await gym.auth.call(DeleteMember(memberID: gone.id), token: gym.owner)
            let counts = try await gym.auth.call(CountMemberSources(), token: gym.owner).data
            #expect(counts.map(\.source) == [.walkIn, .referral, .online] && counts.map(\.members) == [3, 2, 1])
            let mia = try await gym.member("Mia")
            #expect(try await gym.auth.call(CountMemberSources(), token: gym.owner).data.last == .init(source: nil, members: 1))
            let other = try await gym.auth.request(
                "PUT", "/v1/members/\(mia.id)/profile", token: gym.owner,
                json: #"{"training_phase":"Base","motivation":"Fun","source":"television"}"#)
            #expect(other.status == 422)
            #expect(try other.problem.errors?.map(\.pointer) == ["#/source"])
        }
    }

    @Test("S4-06: members are filtered by the location where they are at home") func membersAreFilteredByHome() async throws {
        try await withStaff { gym, _ in
            let first = try await gym.auth.call(ListLocations(), token: gym.owner).data[0]
            let second = try await gym.location("Harbour")
            let (mia, max) = (try await gym.member("Mia"), try await gym.member("Max"))
            _ = try await gym.member("Nobody")
            for (member, home) in [(mia, first), (max, second)] {
                var body = Self.written
                body.homeLocationID = home.id
                let profile = try await gym.auth.call(PutMemberProfile(memberID: member.id), body: body, token: gym.owner)
                #expect(profile.homeLocationID == home.id)
                #expect(try await gym.auth.call(ListMembers(locationID: home.id), token: gym.owner).data.map(\.id) == [member.id])
            }
            let elsewhere = try await Staff(gym.auth, slug: "steel-temple")
            var body = Self.written
            body.homeLocationID = try await gym.auth.call(ListLocations(), token: elsewhere.owner).data[0].id
            let refused = try await problem {
                try await gym.auth.call(PutMemberProfile(memberID: mia.id), body: body, token: gym.owner)
            }
            #expect(refused?.errors?.map(\.pointer) == ["#/home_location_id"])
        }
    }

    @Test("S1-109: what an application keeps with members is found by an index") func metadataIsFoundByAnIndex() async throws {
        try await withStaff { gym, database in
            let mia = try await gym.member("Mia")
            var body = Self.written
            body.metadata = FreeForm(rawValue: ["locker": 17])
            _ = try await gym.auth.call(PutMemberProfile(memberID: mia.id), body: body, token: gym.owner)
            try await database.sql(
                """
                insert into auth.people (organization_id, person_id, roles, full_name)
                select '\(gym.organization)', gen_random_uuid(), '{member}', '' from generate_series(1, 5000);
                insert into auth.member_profiles (organization_id, person_id, metadata)
                select organization_id, person_id, jsonb_build_object('locker', 100 + row_number() over ())
                from auth.people where full_name = '';
                analyze auth.member_profiles;
                """)
            let query = "select person_id from auth.member_profiles where metadata @> '{\"locker\": 17}'"
            let plan = try await database.sql("explain \(query)")
            #expect(plan.contains("Bitmap Index Scan on member_profiles_metadata"), "\(plan)")
            #expect(try await database.sql(query).contains("\(mia.id)"))
        }
    }

    @Test func aProfileIsWrittenByWhomItConcerns() async throws {
        try await withStaff { gym, _ in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let mia = try await gym.auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: tina.token)
            let herself = try await gym.auth.login("mia@example.com").accessToken
            let (read, write) = (GetMemberProfile(memberID: mia.id), PutMemberProfile(memberID: mia.id))
            var version: Int64 = 1
            for token in [gym.owner, tina.token, herself] {
                var body = Self.written
                body.motivation = Note(rawValue: "Because \(version)")!
                let tag = try await gym.auth.request("GET", "/v1/members/\(mia.id)/profile", token: token).headers["etag"]
                let after = try await gym.auth.call(write, body: body, token: token, ifMatch: tag)
                version += 1
                #expect(after.version == version)
                #expect(try await gym.auth.call(read, token: token) == after)
                #expect(try await problem { try await gym.auth.call(write, body: body, token: token, ifMatch: tag) }?.status == 412)
                // What changes nothing is no new version.
                #expect(try await gym.auth.call(write, body: body, token: token) == after)
            }
            #expect(try await problem { try await gym.auth.call(read, token: tom.token) }?.status == 404)
            #expect(try await problem { try await gym.auth.call(write, body: Self.written, token: tom.token) }?.status == 404)
            var body = Self.written
            body.dateOfBirth = LocalDay(rawValue: "2199-01-01")
            let unborn = try await problem { try await gym.auth.call(write, body: body, token: gym.owner) }
            #expect(unborn?.errors?.map(\.pointer) == ["#/date_of_birth"])
        }
    }
}
