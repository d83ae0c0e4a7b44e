import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

/// What an organization says of itself, and what follows from it.
@Suite struct OrganizationTests {
    private static let address = Address(street: "1 Main St", city: "Toronto", province: "ON", postalCode: "M5V 1A1", country: "CA")
    private static let contact = OrganizationContact(
        email: EmailAddress(rawValue: "desk@iron-temple.example")!, phone: PhoneNumber(rawValue: "+1 416 555 0100")!, address: address)

    @Test("S0-04: name, email, address and telephone number come together") func contactIsWhole() async throws {
        try await withAuth { auth, _ in
            var body = auth.signUpBody("iron-temple")
            body.contact = Self.contact
            let whole = try JSON.decode(JSONValue.self, from: JSON.encode(body))
            for (path, pointer) in [
                (["name"], "#/name"), (["contact", "email"], "#/contact/email"), (["contact", "phone"], "#/contact/phone"),
                (["contact", "address"], "#/contact/address"),
            ] {
                let answer = try await auth.request("POST", "/v1/organizations", json: try text(whole, without: path))
                #expect(try answer.status == 422 && answer.problem.errors?.map(\.pointer) == [pointer])
            }
            let made = try await auth.call(CreateOrganization(), body: body)
            #expect(made.organization.contact == Self.contact)
            let token = made.tokens.accessToken
            #expect(try await auth.call(GetOrganization(), token: token).contact == Self.contact)
            // Who signs up without any of the three says nothing yet, and can say it later, whole.
            let other = try await auth.signUp("steel-temple")
            #expect(other.organization.contact == nil)
            let half = try await auth.request(
                "PATCH", "/v1/organization", token: other.tokens.accessToken, json: #"{"contact":{"email":"desk@steel.example"}}"#)
            #expect(try half.status == 422 && half.problem.errors?.map(\.pointer) == ["#/contact/phone"])
            let changed = try await auth.call(UpdateOrganization(), body: .init(contact: Self.contact), token: other.tokens.accessToken)
            #expect(changed.contact == Self.contact)
        }
    }

    private func text(_ value: JSONValue, without path: [String]) throws -> String {
        func removed(_ value: JSONValue, _ path: ArraySlice<String>) -> JSONValue {
            guard case .object(var members) = value, let name = path.first else { return value }
            members[name] = path.count == 1 ? nil : members[name].map { removed($0, path.dropFirst()) }
            return .object(members)
        }
        return String(decoding: try JSON.encode(removed(value, path[...])), as: UTF8.self)
    }

    @Test("S0-05: a domain is one organization's") func aDomainIsOneOrganizations() async throws {
        try await withAuth { auth, _ in
            var body = auth.signUpBody("iron-temple")
            body.domain = HostName(rawValue: "WWW.Iron-Temple.example")
            let first = try await auth.call(CreateOrganization(), body: body)
            #expect(first.organization.domain?.rawValue == "www.iron-temple.example")
            var second = auth.signUpBody("steel-temple")
            second.domain = body.domain
            #expect(try await problem { try await auth.call(CreateOrganization(), body: second) }?.isA(.domainTaken) == true)
            let other = try await auth.signUp("steel-temple").tokens.accessToken
            let taking = UpdateOrganization.Body(domain: body.domain)
            #expect(try await problem { try await auth.call(UpdateOrganization(), body: taking, token: other) }?.isA(.domainTaken) == true)
            #expect(try await auth.call(GetOrganization(), token: other).domain == nil)

            let given = try await auth.call(RemoveDomain(), token: first.tokens.accessToken)
            #expect(given.domain == nil && given.version == 2)
            #expect(try await auth.call(UpdateOrganization(), body: taking, token: other).domain == body.domain)
        }
    }

    @Test(arguments: [
        "", "localhost", "a..b", "-a.example", "a-.example", "10.0.0.1", "a.example:8080", "a.example/", "é.example", "a b.example",
    ])
    func whatIsNoHostIsNoDomain(_ text: String) async throws {
        #expect(HostName(rawValue: text) == nil)
    }

    @Test("S0-09: social links are a list that is empty at first") func socialLinksAreAList() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            let fresh = try await auth.request("GET", "/v1/organization", token: token)
            #expect(fresh.text.contains(#""social_links":[]"#))
            let links = ["a", "b"].map { SocialLink(name: Line(rawValue: $0)!, url: WebAddress(rawValue: "https://social.example/\($0)")!) }
            let changed = try await auth.call(UpdateOrganization(), body: .init(socialLinks: links), token: token)
            #expect(changed.socialLinks == links)
            #expect(try await auth.call(GetOrganization(), token: token).socialLinks == links)
            let many = Array(repeating: links[0], count: 21)
            let refused = try await problem { try await auth.call(UpdateOrganization(), body: .init(socialLinks: many), token: token) }
            #expect(refused?.errors?.first?.pointer == "#/social_links")
        }
    }

    @Test func whoeverChangesItMustHaveSeenIt() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            let answer = try await auth.request("GET", "/v1/organization", token: token)
            #expect(answer.headers["etag"] == "\"v1\"")
            let changed = try await auth.call(UpdateOrganization(), body: .init(name: "Gold Temple"), token: token, ifMatch: "\"v1\"")
            #expect(changed.name == "Gold Temple" && changed.version == 2 && changed.updatedAt > changed.createdAt)
            let late = try await problem {
                try await auth.call(UpdateOrganization(), body: .init(name: "Lead Temple"), token: token, ifMatch: "\"v1\"")
            }
            #expect(late?.isA(.preconditionFailed) == true)
            // What changes nothing is no change.
            #expect(try await auth.call(UpdateOrganization(), body: .init(name: "Gold Temple"), token: token).version == 2)
            let said = try await database.said(OrganizationUpdated.self)
            #expect(said.map(\.name) == ["Gold Temple"] && said.map(\.version) == [2])
            #expect(said.first?.taxRates == made.organization.taxRates)
        }
    }

    @Test func locationsWithoutAZoneOfTheirOwnMoveWithTheOrganization() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            let (halifax, vancouver) = (TimeZoneID(rawValue: "America/Halifax")!, TimeZoneID(rawValue: "America/Vancouver")!)
            let own = try await auth.call(
                CreateLocation(), body: .init(name: "Own", timeZone: made.organization.timeZone, address: Self.address), token: token)
            let moving = try await auth.call(CreateLocation(), body: .init(name: "Moving", address: Self.address), token: token)
            let leaving = try await auth.call(CreateLocation(), body: .init(name: "Leaving", address: Self.address), token: token)
            _ = try await auth.call(UpdateLocation(locationID: leaving.id), body: .init(timeZone: halifax), token: token)
            _ = try await auth.call(UpdateOrganization(), body: .init(timeZone: vancouver), token: token)

            let zones = try await auth.call(ListLocations(), token: token).data.map { "\($0.name) \($0.timeZone) \($0.version)" }
            #expect(
                zones == [
                    "Iron Temple America/Vancouver 2", "Own America/Toronto 1", "Moving America/Vancouver 2", "Leaving America/Halifax 2",
                ])
            let said = try await database.said(LocationSaved.self).filter { $0.timeZone == vancouver }
            #expect(Set(said.map(\.locationID)) == [made.location.id, moving.id])
            #expect(own.timeZone == made.organization.timeZone)
            #expect(try await database.said(OrganizationUpdated.self).map(\.timeZone) == [vancouver])
        }
    }

    @Test("S1-17: metadata is what was put there, and empty at first") func metadataIsKept() async throws {
        try await withAuth { auth, _ in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            #expect(try await auth.request("GET", "/v1/account", token: token).text.contains(#""metadata":{}"#))
            let metadata = FreeForm(rawValue: ["theme": "dark", "tours": ["home", "desk"], "nothing": .null])!
            #expect(try await auth.call(UpdateAccount(), body: .init(metadata: metadata), token: token).metadata == metadata)
            #expect(try await auth.call(GetAccount(), token: token).metadata == metadata)
            #expect(try await auth.call(UpdateAccount(), body: .init(), token: token).metadata == metadata)
            let wrong = try await auth.request("PATCH", "/v1/account", token: token, json: #"{"metadata":[1]}"#)
            #expect(try wrong.status == 422 && wrong.problem.errors?.first?.pointer == "#/metadata")
        }
    }

    @Test("S0-35: one human is in two organizations by one address, and once in each") func oneHumanInTwoOrganizations() async throws {
        try await withAuth { auth, database in
            let email = "nora@example.com"
            let owners = [try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple")]
            _ = try await auth.addMember(
                "Nora North", email: email, password: ServiceUnderTest.password, token: owners[0].tokens.accessToken)
            _ = try await auth.addMember("Nora North", email: email, token: owners[1].tokens.accessToken)
            _ = try await auth.call(
                AcceptInvitation(), body: .init(token: try await auth.invitationToken(in: database), password: ServiceUnderTest.password))
            let token = try await auth.login(email).accessToken
            let memberships = try await auth.call(GetAccount(), token: token).memberships
            #expect(Set(memberships.map(\.slug.rawValue)) == ["iron-temple", "steel-temple"])
            #expect(memberships.allSatisfy { $0.roles == [.member] } && Set(memberships.map(\.personID)).count == 2)
            for membership in memberships {
                let there = try await auth.login(email, organization: membership.slug.rawValue).accessToken
                #expect(try await auth.call(GetMe(), token: there).person.id == membership.personID)
            }
            let twice = try await problem {
                try await auth.addMember("Nora Again", email: email.uppercased(), token: owners[0].tokens.accessToken)
            }
            #expect(twice?.isA(.emailTaken) == true)
        }
    }
}
