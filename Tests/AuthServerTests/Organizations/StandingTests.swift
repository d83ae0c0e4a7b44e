import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

/// Organizations and accounts that are suspended or deleted, as far as auth itself decides; what every process hears of it is seen in
/// EndToEndTests.
@Suite struct StandingTests {
    @Test func nobodySignsInToASuspendedOrganization() async throws {
        try await withAuth { auth, database in
            let (gym, other) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"))
            let token = try await auth.platform()
            let suspended = try await auth.call(SuspendOrganization(organizationID: gym.organization.id), token: token)
            #expect(suspended.standing == .suspended && suspended.version == 2)
            #expect(try await problem { try await auth.login("iron-temple@example.com") }?.isA(.organizationSuspended) == true)
            #expect(try await problem { try await auth.login("iron-temple@example.com", "wrong wrong") }?.isA(.invalidCredentials) == true)
            #expect(try await problem { try await auth.refresh(gym.tokens) }?.isA(.organizationSuspended) == true)
            _ = try await auth.login("steel-temple@example.com")
            _ = try await auth.refresh(other.tokens)
            #expect(try await auth.call(ListOrganizations(isActive: false), token: token).data.map(\.id) == [gym.organization.id])

            _ = try await auth.call(ReactivateOrganization(organizationID: gym.organization.id), token: token)
            _ = try await auth.login("iron-temple@example.com")
            // The refresh token was not spent on the refusal.
            _ = try await auth.refresh(gym.tokens)
            let said = try await database.said(StandingChanged.self)
            #expect(said.map(\.standing) == [.suspended, .active] && said.map(\.version) == [2, 3])
            #expect(said.allSatisfy { $0.organizationID == gym.organization.id && $0.personID == nil })
        }
    }

    /// Keys and other providers are ways in as well.
    @Test func noOtherWayLeadsIn() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let gym = try await auth.signUp("iron-temple")
            let owner = gym.tokens.accessToken
            try await database.sql("update auth.accounts set email_verified_at = now()")
            _ = try await auth.link("ada", at: provider, token: owner)
            let key = try await auth.addKey(["auth:read"], token: owner)
            let token = try await auth.platform()
            _ = try await auth.call(SuspendOrganization(organizationID: gym.organization.id), token: token)
            #expect(try await problem { try await auth.keyToken(key) }?.isA(.organizationSuspended) == true)
            #expect(try await problem { try await auth.signIn(at: provider, as: "ada") }?.isA(.organizationSuspended) == true)
            _ = try await auth.call(ReactivateOrganization(organizationID: gym.organization.id), token: token)
            _ = try await auth.keyToken(key)
            _ = try await auth.signIn(at: provider, as: "ada")

            let account = try await auth.call(
                FindAccount(), body: .init(email: EmailAddress(rawValue: "iron-temple@example.com")!), token: token)
            _ = try await auth.call(UpdateAccountStatus(accountID: account.id), body: .init(status: .suspended), token: token)
            #expect(try await problem { try await auth.keyToken(key) }?.isA(.invalidClient) == true)
            #expect(try await problem { try await auth.signIn(at: provider, as: "ada") }?.isA(.accountSuspended) == true)
        }
    }

    @Test func whoIsInAnotherOneAsWellSignsInThere() async throws {
        try await withAuth { auth, database in
            let gyms = [try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple")]
            let email = "nora@example.com"
            _ = try await auth.addMember("Nora", email: email, password: ServiceUnderTest.password, token: gyms[0].tokens.accessToken)
            _ = try await auth.addMember("Nora", email: email, token: gyms[1].tokens.accessToken)
            _ = try await auth.call(
                AcceptInvitation(), body: .init(token: try await auth.invitationToken(in: database), password: ServiceUnderTest.password))
            let token = try await auth.platform()
            // The one they were in last.
            _ = try await auth.call(SuspendOrganization(organizationID: gyms[1].organization.id), token: token)
            let tokens = try await auth.login(email)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).organization.id == gyms[0].organization.id)
            let there = try await problem { try await auth.login(email, organization: "steel-temple") }
            #expect(there?.isA(.organizationSuspended) == true)
        }
    }

    @Test("S0-11: a deleted organization is not there, its row is, and it can be taken back") func deletedOnesAreHidden() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let id = gym.organization.id
            let admin = try await auth.token(roles: [.admin], organization: id)
            #expect(try await problem { try await auth.call(DeleteOrganization(), token: admin) }?.isA(.forbidden) == true)
            let owner = gym.tokens.accessToken
            let stale = try await auth.request("DELETE", "/v1/organization", token: owner, headers: ["If-Match": "\"v7\""])
            #expect(stale.status == 412, "\(stale.status) \(stale.text)")
            _ = try await auth.call(DeleteOrganization(), token: owner, ifMatch: "\"v1\"")
            #expect(try await problem { try await auth.call(GetOrganization(), token: owner) }?.status == 404)
            #expect(try await database.sql("select count(*) from auth.organizations where deleted_at is not null") == "1")
            #expect(try await problem { try await auth.login("iron-temple@example.com") }?.isA(.invalidCredentials) == true)
            #expect(try await problem { try await auth.refresh(gym.tokens) }?.isA(.invalidRefreshToken) == true)
            #expect(try await auth.request("GET", "/v1/site?organization=iron-temple").status == 404)
            // The short name stays theirs.
            #expect(try await problem { try await auth.signUp("iron-temple", email: "x@example.com") }?.isA(.slugTaken) == true)

            let token = try await auth.platform()
            #expect(try await auth.call(ListOrganizations(), token: token).data.map(\.standing) == [.deleted])
            #expect(try await problem { try await auth.call(SuspendOrganization(organizationID: id), token: token) }?.status == 404)
            let restored = try await auth.call(RestoreOrganization(organizationID: id), token: token)
            #expect(restored.standing == .active && restored.deletedAt == nil)
            #expect(try await auth.call(GetOrganization(), token: owner).slug == gym.organization.slug)
            _ = try await auth.login("iron-temple@example.com")
            #expect(
                try await problem { try await auth.call(RestoreOrganization(organizationID: id), token: token) }?.isA(.notDeleted) == true)

            _ = try await auth.call(DeleteOrganization(), token: owner)
            try await database.sql("update auth.organizations set deleted_at = now() - interval '30 days'")
            let late = try await problem { try await auth.call(RestoreOrganization(organizationID: id), token: token) }
            #expect(late?.isA(.deletedTooLongAgo) == true)
        }
    }

    @Test("S1-15: a deleted account cannot sign in, and its row remains") func deletedAccountsCannotSignIn() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let token = try await auth.platform()
            let found = try await auth.call(
                FindAccount(), body: .init(email: EmailAddress(rawValue: "Iron-Temple@example.com")!), token: token)
            #expect(found.status == .active)
            let deleted = try await auth.call(UpdateAccountStatus(accountID: found.id), body: .init(status: .deleted), token: token)
            #expect(deleted.status == .deleted && deleted.deletedAt != nil)
            #expect(try await problem { try await auth.login("iron-temple@example.com") }?.isA(.invalidCredentials) == true)
            #expect(try await problem { try await auth.refresh(gym.tokens) }?.isA(.invalidRefreshToken) == true)
            #expect(
                try await database.sql(
                    "select count(*) from auth.accounts where account_id = '\(found.id)' and status = 'deleted' and deleted_at is not null")
                    == "1")
            let ended = try await database.said(LoginSessionEnded.self)
            #expect(ended.map(\.reason) == [.accountDeleted] && ended.first?.personID == gym.owner.id)

            _ = try await auth.call(UpdateAccountStatus(accountID: found.id), body: .init(status: .active), token: token)
            _ = try await auth.login("iron-temple@example.com")
            let said = try await database.said(StandingChanged.self)
            #expect(said.map(\.standing) == [.deleted, .active] && said.allSatisfy { $0.personID == gym.owner.id })
            let nobody = try await problem {
                try await auth.call(FindAccount(), body: .init(email: EmailAddress(rawValue: "nobody@example.com")!), token: token)
            }
            #expect(nobody?.status == 404)
        }
    }

    @Test func aSuspendedAccountIsLetInNowhere() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let app = try await auth.enrol(gym.tokens.accessToken, database)
            let due = try await auth.due("iron-temple@example.com")
            let token = try await auth.platform()
            let id = try await auth.call(
                FindAccount(), body: .init(email: EmailAddress(rawValue: "iron-temple@example.com")!), token: token
            ).id
            _ = try await auth.call(UpdateAccountStatus(accountID: id), body: .init(status: .suspended), token: token)
            // What was proved before it was suspended proves nothing any more.
            #expect(try await problem { try await auth.complete(due, app.code(1)) }?.isA(.loginExpired) == true)
            #expect(
                try await problem { try await auth.login("iron-temple@example.com", code: app.code(1)) }?.isA(.accountSuspended) == true)
            #expect(try await problem { try await auth.refresh(gym.tokens) }?.isA(.accountSuspended) == true)
            let other = try await auth.request("PATCH", "/v1/platform/accounts/\(id)", token: token, json: #"{"status":"asleep"}"#)
            #expect(try other.status == 422 && other.problem.errors?.first?.pointer == "#/status")
            _ = try await auth.call(UpdateAccountStatus(accountID: id), body: .init(status: .active), token: token)
            _ = try await auth.refresh(gym.tokens)
        }
    }

    @Test func aDomainSaysWhereToSignIn() async throws {
        try await withAuth { auth, database in
            let gyms = [try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple")]
            let email = "nora@example.com"
            _ = try await auth.addMember("Nora", email: email, password: ServiceUnderTest.password, token: gyms[0].tokens.accessToken)
            _ = try await auth.addMember("Nora", email: email, token: gyms[1].tokens.accessToken)
            _ = try await auth.call(
                AcceptInvitation(), body: .init(token: try await auth.invitationToken(in: database), password: ServiceUnderTest.password))
            let domain = HostName(rawValue: "www.iron-temple.example")!
            _ = try await auth.call(UpdateOrganization(), body: .init(domain: domain), token: gyms[0].tokens.accessToken)

            func login(_ fields: [String: String], _ more: String = "") async throws -> String? {
                let answer = try await auth.request(
                    "POST", "/v1/auth/login", headers: fields,
                    json: #"{"email":"\#(email)","password":"\#(ServiceUnderTest.password.rawValue)"\#(more)}"#)
                guard answer.status == 200 else { return try answer.problem.type }
                let tokens: Tokens = try answer.decoded()
                return try await auth.call(GetMe(), token: tokens.accessToken).organization.slug.rawValue
            }
            // As the edge says it; what the client's own field says is nothing here.
            let host = ["X-Forwarded-Host": "WWW.iron-temple.example:443"]
            #expect(try await login([:]) == "steel-temple")
            #expect(try await login(host) == "iron-temple")
            #expect(try await login(host, #","organization":"steel-temple""#) == "steel-temple")
            #expect(try await login(["X-Forwarded-Host": "www.nobody.example"]) == "steel-temple")
            // Who is not in it reads no more than a wrong password.
            let stranger = try await auth.request(
                "POST", "/v1/auth/login", headers: host,
                json: #"{"email":"steel-temple@example.com","password":"\#(ServiceUnderTest.password.rawValue)"}"#)
            #expect(try stranger.problem.isA(.invalidCredentials))

            let site: Site = try await auth.request("GET", "/v1/site", headers: host).decoded()
            #expect(site.slug.rawValue == "iron-temple" && site.domain == domain)
            #expect(try await auth.request("GET", "/v1/site").status == 404)
            // A token says which organization it is for, whatever the host is.
            let token = gyms[1].tokens.accessToken
            let there: Organization = try await auth.request("GET", "/v1/organization", token: token, headers: host).decoded()
            #expect(there.slug.rawValue == "steel-temple")
        }
    }
}
