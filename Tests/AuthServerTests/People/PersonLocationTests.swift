import AuthContract
import ContractKit
import Foundation
import JWTKit
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

/// Staff of some locations only.
@Suite struct PersonLocationTests {
    private func bind(_ person: PersonID, to locations: [Location], _ gym: Staff, by token: String? = nil) async throws -> Person {
        try await gym.auth.call(
            SetPersonLocations(personID: person), body: .init(locationIDs: locations.map(\.id)), token: token ?? gym.owner)
    }

    /// What a token says, without asking whether it is good.
    private func locations(in token: String) throws -> [LocationID]? {
        try DefaultJWTParser().parse(Data(token.utf8), as: AccessTokenClaims.self).payload.locations
    }

    /// Somebody who runs the place and signs in.
    private func admin(_ gym: Staff) async throws -> SignedInTrainer {
        let made = try await gym.trainer("Ann")
        _ = try await gym.auth.call(AddRole(personID: made.id, role: .admin), token: gym.owner)
        return SignedInTrainer(id: made.id, token: try await gym.auth.login("ann@example.com").accessToken)
    }

    @Test func tokensSayWhereSomebodyWorksAndThoseThatReachFurtherEnd() async throws {
        try await withStaff { gym, database in
            let (tina, east, west) = (try await gym.trainer("Tina"), try await gym.location("East"), try await gym.location("West"))
            let before = try await gym.auth.login("tina@example.com")
            #expect(try locations(in: before.accessToken) == nil)
            let bound = try await bind(tina.id, to: [west, east, east], gym)
            #expect(bound.locationIDs == [east.id, west.id].sorted { "\($0)" < "\($1)" } && bound.version == 2)
            #expect(try await problem { try await gym.auth.refresh(before) }?.status == 401)
            let ended = try await database.said(LoginSessionEnded.self).filter { $0.personID == tina.id }
            #expect(ended.count == 2)
            #expect(try await gym.auth.call(GetTrainer(trainerID: tina.id), token: gym.owner).locationIDs == bound.locationIDs)

            // Every way to a token says it.
            let tokens = try await gym.auth.login("tina@example.com")
            #expect(try locations(in: tokens.accessToken) == bound.locationIDs)
            let refreshed = try await gym.auth.refresh(tokens)
            #expect(try locations(in: refreshed.accessToken) == bound.locationIDs)
            let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!
            let proved = try await gym.auth.call(StepUp(), body: .init(password: password), token: refreshed.accessToken)
            #expect(try locations(in: proved.accessToken) == bound.locationIDs)
            #expect(try await gym.auth.call(GetMe(), token: proved.accessToken).person.locationIDs == bound.locationIDs)

            // Fewer ends them again, the same or more does not.
            _ = try await bind(tina.id, to: [east, west], gym)
            #expect(try await database.said(LoginSessionEnded.self).filter { $0.personID == tina.id }.count == 2)
            _ = try await bind(tina.id, to: [east], gym)
            #expect(try await database.said(LoginSessionEnded.self).filter { $0.personID == tina.id }.count == 3)
            let narrow = try await gym.auth.login("tina@example.com")
            _ = try await bind(tina.id, to: [east, west], gym)
            #expect(try await bind(tina.id, to: [], gym).locationIDs == [])
            #expect(try locations(in: try await gym.auth.refresh(narrow).accessToken) == nil)
        }
    }

    @Test func aKeyIsBoundAsWhoMadeItIs() async throws {
        try await withStaff { gym, _ in
            let (ann, east) = (try await admin(gym), try await gym.location("East"))
            let key = try await gym.auth.addKey(["auth:read"], token: ann.token)
            #expect(try locations(in: try await gym.auth.keyToken(key).accessToken) == nil)
            _ = try await bind(ann.id, to: [east], gym)
            #expect(try locations(in: try await gym.auth.keyToken(key).accessToken) == [east.id])
        }
    }

    @Test func whoMayBindWhom() async throws {
        try await withStaff { gym, _ in
            let (ann, tina, east) = (try await admin(gym), try await gym.trainer("Tina"), try await gym.location("East"))
            let (mia, owner) = (try await gym.member("Mia"), try await gym.auth.call(GetMe(), token: gym.owner).person.id)
            func refused(_ person: PersonID, _ token: String, to locations: [LocationID]? = nil) async throws -> Problem? {
                try await problem {
                    try await gym.auth.call(
                        SetPersonLocations(personID: person), body: .init(locationIDs: locations ?? [east.id]), token: token)
                }
            }
            #expect(try await refused(ann.id, ann.token)?.isA(.forbidden) == true)
            #expect(try await refused(tina.id, tina.token)?.isA(.forbidden) == true)
            #expect(try await refused(tina.id, ann.token) == nil)
            for (person, locations) in [
                (owner, [east.id]), (mia.id, [east.id]), (tina.id, [LocationID()]), (tina.id, (0..<25).map { _ in LocationID() }),
            ] {
                let refusal = try await refused(person, gym.owner, to: locations)
                #expect(refusal?.errors?.map(\.pointer) == ["#/location_ids"])
            }
            let elsewhere = try await Staff(gym.auth, slug: "steel-temple")
            let theirs = try await gym.auth.call(ListLocations(), token: elsewhere.owner).data[0].id
            #expect(try await refused(tina.id, gym.owner, to: [theirs])?.status == 422)
            #expect(try await refused(tina.id, elsewhere.owner, to: [theirs])?.status == 404)
            // Whoever is bound has no say over the whole, and frees nobody.
            _ = try await bind(ann.id, to: [east], gym)
            let token = try await gym.auth.login("ann@example.com").accessToken
            #expect(try await refused(tina.id, token, to: [])?.isA(.forbidden) == true)
            #expect(try await refused(ann.id, token, to: [])?.isA(.forbidden) == true)
            let whole = try await problem { try await gym.auth.call(UpdateOrganization(), body: .init(name: "Mine"), token: token) }
            #expect(whole?.isA(.forbidden) == true)
        }
    }

    @Test func whoeverIsBoundLetsNobodyReachFurther() async throws {
        try await withStaff { gym, _ in
            let (ann, east) = (try await admin(gym), try await gym.location("East"))
            let mia = try await gym.auth.addMember(
                "Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: gym.owner)
            _ = try await bind(ann.id, to: [east], gym)
            let token = try await gym.auth.login("ann@example.com").accessToken
            let tom = try await gym.auth.call(
                CreateTrainer(),
                body: .init(fullName: "Tom", email: EmailAddress(rawValue: "tom@example.com")!, password: ServiceUnderTest.password),
                token: token)
            #expect(tom.locationIDs == [east.id])
            #expect(try locations(in: try await gym.auth.login("tom@example.com").accessToken) == [east.id])
            let trainer = try await gym.auth.call(AddRole(personID: mia.id, role: .trainer), token: token)
            #expect(trainer.locationIDs == [east.id])
            #expect(try locations(in: try await gym.auth.login("mia@example.com").accessToken) == [east.id])
            // Whoever works here already stays where they are, and the owner's go everywhere.
            let tina = try await gym.auth.call(
                CreateTrainer(), body: .init(fullName: "Tina", email: EmailAddress(rawValue: "tina@example.com")!), token: gym.owner)
            #expect(try await gym.auth.call(AddRole(personID: tina.id, role: .member), token: token).locationIDs == [])

            // Nor does anybody become somebody who reaches further: by the mail of an invitation, or by turning out to be the same.
            func readdress(_ trainer: PersonID, _ token: String) async throws -> Problem? {
                let email = EmailAddress(rawValue: "\(trainer)@example.com")!
                return try await problem {
                    try await gym.auth.call(UpdateTrainer(trainerID: trainer), body: .init(email: email), token: token)
                }
            }
            let max = try await gym.member("Max")
            func merge(_ token: String) async throws -> Problem? {
                try await problem {
                    try await gym.auth.call(MergePeople(personID: tina.id), body: .init(duplicateID: max.id), token: token)
                }
            }
            #expect(try await readdress(tina.id, token)?.isA(.forbidden) == true)
            #expect(try await merge(token)?.isA(.forbidden) == true)
            _ = try await bind(tina.id, to: [east], gym)
            #expect(try await readdress(tina.id, token) == nil)
            #expect(try await merge(token) == nil)
        }
    }

    @Test func whoWorksHereNoMoreIsBoundToNothing() async throws {
        try await withStaff { gym, database in
            let (tina, east) = (try await gym.trainer("Tina"), try await gym.location("East"))
            _ = try await bind(tina.id, to: [east], gym)
            _ = try await gym.auth.call(AddRole(personID: tina.id, role: .member), token: gym.owner)
            let member = try await gym.auth.call(RemoveRole(personID: tina.id, role: .trainer), token: gym.owner)
            #expect(member.roles == [.member] && member.locationIDs == [])
            #expect(try locations(in: try await gym.auth.login("tina@example.com").accessToken) == nil)
            for person in ["roles = '{owner}'", "roles = '{member}'"] {
                let error = await #expect(throws: TestSupportError.self) {
                    try await database.sql("update auth.people set \(person), location_ids = array['\(east.id)'::uuid]")
                }
                #expect(error?.description.contains("people_location_ids_check") == true)
            }
        }
    }

    @Test func locationsAreReadByAllAndChangedByThoseWhoWorkThere() async throws {
        try await withStaff { gym, _ in
            let (ann, east, west) = (try await admin(gym), try await gym.location("East"), try await gym.location("West"))
            _ = try await bind(ann.id, to: [east], gym)
            let token = try await gym.auth.login("ann@example.com").accessToken
            #expect(try await gym.auth.call(ListLocations(), token: token).data.count == 3)
            func rename(_ id: LocationID) async throws -> Problem? {
                try await problem { try await gym.auth.call(UpdateLocation(locationID: id), body: .init(name: "New"), token: token) }
            }
            #expect(try await rename(east.id) == nil)
            #expect(try await rename(west.id)?.isA(.forbidden) == true)
            #expect(try await rename(LocationID())?.status == 404)
            for refused in [
                try await problem {
                    try await gym.auth.call(CreateLocation(), body: .init(name: "South", address: east.address!), token: token)
                },
                try await problem { try await gym.auth.call(DeleteLocation(locationID: east.id), token: token) },
                try await problem {
                    try await gym.auth.call(MoveLocation(locationID: east.id), body: .init(parentID: west.id), token: token)
                },
            ] { #expect(refused?.isA(.forbidden) == true) }
        }
    }

    @Test func membersAtHomeElsewhereAreNotThere() async throws {
        try await withStaff { gym, database in
            let (ann, east, west) = (try await admin(gym), try await gym.location("East"), try await gym.location("West"))
            let (mia, max, ada) = (try await gym.member("Mia"), try await gym.member("Max"), try await gym.member("Ada"))
            for (member, home) in [(mia, east), (max, west)] {
                let profile = PutMemberProfile.Body(trainingPhase: "Base", motivation: "Fun", homeLocationID: home.id)
                _ = try await gym.auth.call(PutMemberProfile(memberID: member.id), body: profile, token: gym.owner)
            }
            _ = try await bind(ann.id, to: [east], gym)
            let token = try await gym.auth.login("ann@example.com").accessToken
            #expect(try await Set(gym.members(seenBy: token)) == [mia.id, ada.id])
            #expect(try await Set(gym.members(seenBy: gym.owner)) == [mia.id, max.id, ada.id])
            #expect(try await gym.auth.call(ListTrainers(), token: token).data.map(\.id) == [ann.id])
            #expect(try await gym.auth.call(GetMember(memberID: mia.id), token: token).fullName == "Mia")
            // Every operation of one member, by its declaration.
            var asked = 0
            for operation in AuthContract.operations where operation.route.path.hasPrefix("/v1/members/{member_id}") {
                let rest = operation.route.parameters.filter { $0 != "member_id" }
                let path = rest.reduce(operation.route.path.replacing("{member_id}", with: "\(max.id)")) {
                    $0.replacing("{\($1)}", with: $1 == "trainer_id" ? "\(ann.id)" : "\(PersonID())")
                }
                let status = try await answer(operation, path, token, gym.auth)
                #expect(status == 404, "\(operation.name)")
                asked += 1
            }
            #expect(asked > 8)
            // A new one is at home nowhere yet.
            let new = try await gym.member("Nora", by: token)
            #expect(try await gym.auth.call(GetMember(memberID: new.id), token: token).id == new.id)
            // Nor does anybody leave their sight by their own doing.
            let moving = PutMemberProfile.Body(trainingPhase: "Base", motivation: "Fun", homeLocationID: west.id)
            let moved = try await problem { try await gym.auth.call(PutMemberProfile(memberID: mia.id), body: moving, token: token) }
            #expect(moved?.isA(.forbidden) == true)
            _ = try await gym.auth.call(AddRole(personID: max.id, role: .trainer), token: gym.owner)
            #expect(try await gym.auth.call(GetMember(memberID: max.id), token: token).id == max.id)
            let lost = try await problem { try await gym.auth.call(RemoveRole(personID: max.id, role: .trainer), token: token) }
            #expect(lost?.isA(.forbidden) == true)
            _ = try await gym.auth.call(RemoveRole(personID: max.id, role: .trainer), token: gym.owner)
            // With nothing asked but by the policies.
            let tenant = Tenant(gym.organization, person: ann.id, locations: [east.id.rawValue])
            try await gym.auth.database.transaction(as: tenant, readOnly: true) { tx in
                let people: [PersonID] = try await tx.query("select person_id from people where 'member' = any(roles)")
                #expect(Set(people) == [mia.id, ada.id, new.id])
                let profiles: [PersonID] = try await tx.query("select person_id from member_profiles")
                #expect(Set(profiles) == Set(people))
            }
        }
    }

    private func answer<O: APIOperation>(_ operation: O.Type, _ path: String, _ token: String, _ auth: ServiceUnderTest) async throws -> Int
    {
        let body = try O.encoded(try SchemaRecorder.example(of: O.Body.self))
        return try await auth.request(
            O.route.method.rawValue, path, token: token, headers: body.map { ["Content-Type": $0.type] } ?? [:], body: body?.bytes
        ).status
    }
}
