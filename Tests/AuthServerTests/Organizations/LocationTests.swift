import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct LocationTests {
    private let address = Address(street: "1 Main St", city: "Toronto", province: "ON", postalCode: "M5V 1A1", country: "CA")

    @Test("S1-25, S1-29, S1-33: a location is read back as it was given, and changed in part")
    func aLocationIsReadBackAsItWasGiven() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let contact = ContactInfo(
                phone: PhoneNumber(rawValue: "+14165550100"), email: EmailAddress(rawValue: "east@example.com"),
                website: WebAddress(rawValue: "https://example.com/east?a=1"))
            let settings = try #require(FreeForm(rawValue: ["theColour": "green", "the_size": 3, "deep": ["a": [nil, true, 15]]]))
            let made = try await auth.call(
                CreateLocation(),
                body: .init(name: "East", address: address, contact: contact, businessNumber: "123 456 RT", settings: settings),
                token: token)
            #expect(made.contact == contact && made.settings == settings && made.businessNumber == "123 456 RT" && !made.isHeadquarters)
            #expect(try await auth.call(GetLocation(locationID: made.id), token: token) == made)
            let plain = try await auth.call(CreateLocation(), body: .init(name: "West", address: address), token: token)
            #expect(plain.settings == .empty && plain.contact == nil)

            let path = "/v1/locations/\(made.id)"
            let tag = try #require(try await auth.request("GET", path, token: token).headers["etag"])
            let changed = try await auth.call(
                UpdateLocation(locationID: made.id), body: .init(name: "Far East", isActive: false), token: token, ifMatch: tag)
            #expect(changed.name == "Far East" && !changed.isActive && changed.contact == contact && changed.version == 2)
            #expect(changed.updatedAt > made.updatedAt && changed.createdAt == made.createdAt)
            #expect(
                try await problem {
                    try await auth.call(UpdateLocation(locationID: made.id), body: .init(name: "X"), token: token, ifMatch: tag)
                }?
                .status == 412)
            let said = try await database.said(LocationSaved.self).filter { $0.locationID == made.id }
            #expect(said.map(\.version) == [1, 2] && said.map(\.isActive) == [true, false])

            for bad in [
                #"{"contact":{"email":"no"}}"#, #"{"contact":{"website":"javascript:alert(1)"}}"#, #"{"settings":[]}"#,
                #"{"settings":{"a":["\u0000"]}}"#,
            ] {
                let answer = try await auth.request("PATCH", path, token: token, json: bad)
                #expect(answer.status == 422, "\(bad)")
            }
            let nameless = #"{"address":{"street":"1","city":"T","province":"ON","postal_code":"M5V","country":"CA"}}"#
            let refused = try await auth.request("POST", "/v1/locations", token: token, json: nameless)
            #expect(try refused.status == 422 && refused.problem.errors?.first?.pointer == "#/name")
        }
    }

    @Test("S1-26: a chain is a tree whose branches are listed, and never a circle")
    func aChainIsATree() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            func add(_ name: Line, under parent: LocationID?) async throws -> LocationID {
                try await auth.call(CreateLocation(), body: .init(name: name, address: address, parentID: parent), token: token).id
            }
            let (root, east) = (made.location.id, try await add("East", under: made.location.id))
            let (west, far) = (try await add("West", under: root), try await add("Far East", under: east))
            func branches(_ id: LocationID) async throws -> [LocationID] {
                try await auth.call(ListLocations(parentID: id), token: token).data.map(\.id)
            }
            #expect(try await branches(root) == [east, west])
            #expect(try await branches(east) == [far])

            for (moved, parent) in [(east, far), (root, far), (east, east)] {
                let refused = try await problem {
                    try await auth.call(MoveLocation(locationID: moved), body: .init(parentID: parent), token: token)
                }
                #expect(refused?.status == 422 && refused?.errors?.first?.pointer == "#/parent_id")
            }
            #expect(try await auth.call(MoveLocation(locationID: far), body: .init(parentID: west), token: token).parentID == west)
            #expect(try await auth.call(DetachLocation(locationID: far), token: token).parentID == nil)
            let foreign = try await auth.signUp("steel-temple").location.id
            #expect(
                try await problem { try await auth.call(MoveLocation(locationID: far), body: .init(parentID: foreign), token: token) }?
                    .status
                    == 422)

            #expect(
                try await problem { try await auth.call(DeleteLocation(locationID: root), token: token) }?.isA(.locationHasBranches) == true
            )
            _ = try await auth.call(DeleteLocation(locationID: east), token: token)
            #expect(try await problem { try await auth.call(GetLocation(locationID: east), token: token) }?.status == 404)
            #expect(try await branches(root) == [west])
        }
    }

    @Test func ofTwoThatBecomeBranchesOfEachOtherAtOnceOneDoes() async throws {
        try await withAuth { auth, _ in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            for _ in 0..<10 {
                let one = try await auth.call(CreateLocation(), body: .init(name: "One", address: address), token: token).id
                let two = try await auth.call(CreateLocation(), body: .init(name: "Two", address: address), token: token).id
                func move(_ branch: LocationID, _ parent: LocationID) async throws -> Int? {
                    try await problem {
                        try await auth.call(MoveLocation(locationID: branch), body: .init(parentID: parent), token: token)
                    }?.status
                }
                async let first = move(one, two)
                async let second = move(two, one)
                let statuses = try await [first, second]
                #expect(statuses.contains(nil) && statuses.contains(422))
            }
        }
    }

    @Test("S1-34: an organization has one headquarters, which the sign-up makes")
    func thereIsOneHeadquarters() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            #expect(made.location.isHeadquarters)
            let body = CreateLocation.Body(name: "East", address: address, isHeadquarters: true)
            #expect(try await problem { try await auth.call(CreateLocation(), body: body, token: token) }?.isA(.headquartersTaken) == true)
            let east = try await auth.call(CreateLocation(), body: .init(name: "East", address: address), token: token).id
            let take = UpdateLocation.Body(isHeadquarters: true)
            #expect(
                try await problem { try await auth.call(UpdateLocation(locationID: east), body: take, token: token) }?.status == 409)
            _ = try await auth.call(UpdateLocation(locationID: made.location.id), body: .init(isHeadquarters: false), token: token)
            #expect(try await auth.call(UpdateLocation(locationID: east), body: take, token: token).isHeadquarters)
        }
    }

    @Test("S4-04: one owner runs three locations in one sign-in, and a member only reads them")
    func oneOwnerRunsThreeLocations() async throws {
        try await withAuth { auth, _ in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            for name in ["East", "West"] as [Line] {
                _ = try await auth.call(CreateLocation(), body: .init(name: name, address: address), token: token)
            }
            let all = try await auth.call(ListLocations(), token: token).data
            #expect(all.map(\.name) == ["Iron Temple", "East", "West"])
            for location in all {
                _ = try await auth.call(UpdateLocation(locationID: location.id), body: .init(isActive: false), token: token)
            }
            #expect(try await auth.call(ListLocations(), token: token).data.allSatisfy { !$0.isActive })
            _ = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: token)
            let mia = try await auth.login("mia@example.com").accessToken
            #expect(try await auth.call(ListLocations(), token: mia).data.count == 3)
            #expect(
                try await problem { try await auth.call(UpdateLocation(locationID: all[0].id), body: .init(name: "Mine"), token: mia) }?
                    .status
                    == 403)
        }
    }

    @Test("S1-27: only its owner hands a location on") func onlyTheOwnerHandsItOn() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let (organization, location, owner) = (gym.organization.id, gym.location.id, gym.tokens.accessToken)
            #expect(gym.location.ownerID == gym.owner.id)
            let email = EmailAddress(rawValue: "tina@example.com")!
            let tina = try await auth.call(CreateTrainer(), body: .init(fullName: "Tina", email: email), token: owner).id
            let member = try await auth.addMember("Max", token: owner).id
            func hand(to person: PersonID, _ token: String) async throws -> Location {
                try await auth.call(TransferLocation(locationID: location), body: .init(ownerID: person), token: token)
            }
            let admin = try await auth.token(roles: [.admin], organization: organization)
            #expect(try await problem { try await hand(to: tina, admin) }?.isA(.notTheOwner) == true)
            for nobody in [member, PersonID()] {
                #expect(try await problem { try await hand(to: nobody, owner) }?.errors?.first?.pointer == "#/owner_id")
            }
            // Nor by changing it otherwise.
            _ = try await auth.request(
                "PATCH", "/v1/locations/\(location)", token: admin, json: #"{"name":"New","owner_id":"\#(tina)"}"#)
            #expect(try await auth.call(GetLocation(locationID: location), token: owner).ownerID == gym.owner.id)

            #expect(try await hand(to: tina, owner).ownerID == tina)
            #expect(try await problem { try await hand(to: gym.owner.id, owner) }?.isA(.notTheOwner) == true)
            let trainer = try await auth.token(roles: [.trainer], organization: organization, person: tina)
            #expect(try await auth.call(ListLocations(ownerID: tina), token: trainer).data.map(\.id) == [location])
            #expect(try await hand(to: gym.owner.id, trainer).ownerID == gym.owner.id)
            // Whoever is gone hands nothing on; the organization's owner does.
            _ = try await hand(to: tina, owner)
            _ = try await auth.call(DeleteTrainer(trainerID: tina), token: owner)
            #expect(try await hand(to: gym.owner.id, owner).ownerID == gym.owner.id)
        }
    }
}
