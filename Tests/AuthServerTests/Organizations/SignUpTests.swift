import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct SignUpTests {
    @Test func anOrganizationItsOwnerAndAFirstLocationComeTogether() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple", kind: .solo)
            #expect(made.owner.roles == [.owner, .trainer] && made.owner.hasAccount)
            #expect(made.tokens.tokenType == "Bearer" && made.tokens.expiresIn == 300)
            let token = made.tokens.accessToken

            let me = try await auth.call(GetMe(), token: token)
            #expect(me.person == made.owner && me.organization == made.organization && me.roles == [.owner, .trainer])
            #expect(
                me.organization.taxRates.map(\.code.rawValue) == ["gst", "qst"] && me.organization.taxRates[1].rate.rawValue == "0.09975")
            #expect(try await auth.call(GetOrganization(), token: token) == made.organization)
            #expect(try await auth.call(ListLocations(), token: token).data == [made.location])
            #expect(made.location.address == nil && made.location.timeZone.rawValue == "America/Toronto")
            #expect(try await auth.call(ListTrainers(), token: token).data.map(\.id) == [made.owner.id])

            let organization = try #require(try await database.said(OrganizationCreated.self).first)
            #expect(organization.organizationID == made.organization.id && organization.taxRates == made.organization.taxRates)
            #expect(try await database.said(LocationSaved.self).map(\.locationID) == [made.location.id])
            let person = try #require(try await database.said(PersonSaved.self).first)
            let ring = try auth.keys.ring()
            #expect(person.personID == made.owner.id && person.version == made.owner.version && person.isActive)
            #expect(try ring.open(person.fullName, context: PersonSaved.context("full_name", made.owner.id)) == "Olive Owner")
            #expect(
                try ring.open(try #require(person.email), context: PersonSaved.context("email", made.owner.id)) == "iron-temple@example.com"
            )
        }
    }

    @Test("S1-11: slugs and accounts are taken once") func slugsAndAccountsAreTakenOnce() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            let slug = try await problem { try await auth.signUp("iron-temple", email: "other@example.com") }
            #expect(slug?.isA(.slugTaken) == true && slug?.status == 409)
            let email = try await problem { try await auth.signUp("steel-temple", email: "IRON-temple@Example.com") }
            #expect(email?.isA(.emailTaken) == true && email?.status == 409)
            // Nothing is left of what was refused.
            #expect(try await database.sql("select count(*) from auth.organizations").hasPrefix("1"))
            _ = try await auth.signUp("steel-temple", email: "other@example.com")
        }
    }

    @Test("S3-65: of many at once for one slug one wins") func ofManyAtOnceForOneSlugOneWins() async throws {
        try await withAuth { auth, _ in
            let outcomes = try await withThrowingTaskGroup(of: Problem?.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask { try await problem { try await auth.signUp("iron-temple", email: "owner\(number)@example.com") } }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.compactMap { $0 }.allSatisfy { $0.isA(.slugTaken) })
        }
    }

    @Test func aRepeatWithTheSameKeyIsTheSameSignUp() async throws {
        try await withAuth { auth, _ in
            let body = auth.signUpBody("iron-temple")
            let first = try await auth.call(CreateOrganization(), body: body, idempotencyKey: "once")
            let again = try await auth.call(CreateOrganization(), body: body, idempotencyKey: "once")
            #expect(first.organization == again.organization && first.tokens == again.tokens)
        }
    }

    @Test func whatIsWrongIsNamed() async throws {
        try await withAuth { auth, _ in
            var body = auth.signUpBody("iron-temple")
            body.taxRates = [body.taxRates![0], body.taxRates![0]]
            #expect(
                try await problem { try await auth.call(CreateOrganization(), body: body) }?.errors?.first?.pointer == "#/tax_rates/1/code")
            let answer = try await auth.request(
                "POST", "/v1/organizations",
                json: """
                    {"name":"A","slug":"a-b","kind":"gym","time_zone":"America/Toronto","currency":"CAD",
                     "owner":{"full_name":"O","email":"no","password":"correct horse"}}
                    """)
            #expect(try answer.status == 422 && answer.problem.errors?.first?.pointer == "#/owner/email")
        }
    }

    @Test("S1-28, S4-04: locations are added by those who run the place") func locationsAreAddedByThoseWhoRunThePlace() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let address = Address(street: "1 Main St", city: "Toronto", province: "ON", postalCode: "M5V 1A1", country: "CA")
            let made = try await auth.call(CreateLocation(), body: .init(name: "East", address: address), token: token)
            #expect(made.timeZone.rawValue == "America/Toronto" && made.address == address)
            #expect(try await auth.call(GetLocation(locationID: made.id), token: token) == made)
            let page = try await auth.call(ListLocations(limit: 1), token: token)
            let rest = try await auth.call(ListLocations(limit: 1, cursor: Cursor(rawValue: try #require(page.nextCursor))), token: token)
            #expect(rest.data == [made] && rest.nextCursor == nil)
            #expect(try await database.said(LocationSaved.self).count == 2)

            let other = try await auth.signUp("steel-temple").tokens.accessToken
            #expect(try await problem { try await auth.call(GetLocation(locationID: made.id), token: other) }?.status == 404)
            let whole = ["street": "1", "city": "T", "province": "ON", "postal_code": "M5V 1A1", "country": "CA"]
            for part in whole.keys {
                let body: JSONValue = ["name": "West", "address": .object(whole.filter { $0.key != part }.mapValues { .string($0) })]
                let answer = try await auth.request(
                    "POST", "/v1/locations", token: token, json: String(decoding: try JSON.encode(body), as: UTF8.self))
                #expect(try answer.status == 422 && answer.problem.errors?.map(\.pointer) == ["#/address/\(part)"])
            }
        }
    }

    @Test func theKeysThatCheckTokensArePublicAndNothingElseIs() async throws {
        try await withAuth { auth, _ in
            let answer = try await auth.request("GET", "/.well-known/jwks.json")
            #expect(answer.status == 200 && !answer.text.contains("\"d\""))
            #expect(try await auth.call(ListTokenKeys()).keys.map(\.kid) == ["test-1"])
        }
    }
}
