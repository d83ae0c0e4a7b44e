import AuthContract
import ContractKit
import Foundation
import JWTKit
import TestSupport
import Testing

@testable import AuthServer
@testable import ServiceKit

/// Those who run the installation.
@Suite struct PlatformTests {
    @Test("S0-14: they see every organization, whose own people do not, and have names of their own")
    func theySeeEveryOrganization() async throws {
        try await withAuth { auth, _ in
            let gyms = [try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"), try await auth.signUp("gold-temple")]
            let token = try await auth.platform()
            let first = try await auth.call(ListOrganizations(limit: 2), token: token)
            let rest = try await auth.call(
                ListOrganizations(limit: 2, cursor: Cursor(rawValue: try #require(first.nextCursor))), token: token)
            #expect((first.data + rest.data).map(\.id) == gyms.map(\.organization.id) && rest.nextCursor == nil)
            #expect(first.data.allSatisfy { $0.standing == .active })
            let owner = gyms[0].tokens.accessToken
            #expect(try await problem { try await auth.call(ListOrganizations(), token: owner) }?.isA(.forbidden) == true)

            func add(_ username: String, _ email: String) async throws -> PlatformAdmin {
                try await auth.call(
                    CreatePlatformAdmin(),
                    body: .init(
                        username: Username(rawValue: username)!, email: EmailAddress(rawValue: email)!, password: ServiceUnderTest.password),
                    token: token)
            }
            let other = try await add("bob", "bob@palestra.example")
            #expect(other.isActive && !other.hasSecondFactor)
            #expect(try await problem { try await add("bob", "other@palestra.example") }?.isA(.usernameTaken) == true)
            #expect(try await problem { try await add("carol", "BOB@palestra.example") }?.isA(.emailTaken) == true)
            let names = try await auth.call(ListPlatformAdmins(), token: token).data.map(\.username.rawValue)
            #expect(names == ["ada-admin", "bob"])
        }
    }

    @Test("S0-16: whoever is not active any more cannot sign in, and is out at once") func inactiveOnesAreOut() async throws {
        try await withAuth { auth, _ in
            let token = try await auth.platform()
            try await auth.addPlatformAdmin("bob-admin")
            let (bob, app) = try await auth.enrolPlatform("bob-admin")
            let admins = try await auth.call(ListPlatformAdmins(), token: bob).data
            let id = try #require(admins.first { $0.username.rawValue == "bob-admin" }).id
            let changed = try await auth.call(UpdatePlatformAdmin(platformAdminID: id), body: .init(isActive: false), token: token)
            #expect(!changed.isActive && changed.version == 2)
            #expect(try await problem { try await auth.call(ListPlatformAdmins(), token: bob) }?.status == 401)
            #expect(try await problem { try await auth.beginPlatform("bob-admin") }?.isA(.invalidCredentials) == true)

            _ = try await auth.call(UpdatePlatformAdmin(platformAdminID: id), body: .init(isActive: true), token: token)
            // The old login session stays ended.
            #expect(try await problem { try await auth.call(ListPlatformAdmins(), token: bob) }?.status == 401)
            let again = try await auth.give(app.code(1), auth.beginPlatform("bob-admin")).accessToken
            #expect(try await auth.call(ListPlatformAdmins(), token: again).data.count == 2)
            let own = try #require(admins.first { $0.username.rawValue == "ada-admin" }).id
            let refused = try await problem {
                try await auth.call(UpdatePlatformAdmin(platformAdminID: own), body: .init(isActive: false), token: token)
            }
            #expect(refused?.isA(.ownStanding) == true)
        }
    }

    @Test("S2-05: the password alone reaches nothing but the second factor") func thePasswordAloneReachesNothing() async throws {
        try await withAuth { auth, _ in
            try await auth.addPlatformAdmin()
            let begun = try await auth.beginPlatform()
            #expect(begun.secondFactor == .enrol)
            #expect(
                try await problem { try await auth.call(ListOrganizations(), token: begun.accessToken) }?.isA(.secondFactorNeeded) == true)
            let app = try AuthenticatorApp(secret: try await auth.call(EnrolPlatformSecondFactor(), token: begun.accessToken).secret)
            #expect(try await problem { try await auth.give("000000", begun) }?.isA(.invalidSecondFactor) == true)
            #expect(try await problem { try await auth.call(ListOrganizations(), token: begun.accessToken) }?.status == 403)
            let whole = try await auth.give(app.code(0), begun)
            #expect(whole.secondFactor == .done)
            #expect(try await auth.call(ListOrganizations(), token: whole.accessToken).data.isEmpty)

            // From now on there is one, which the password can neither replace nor go around.
            let next = try await auth.beginPlatform()
            #expect(next.secondFactor == .give)
            #expect(
                try await problem { try await auth.call(EnrolPlatformSecondFactor(), token: next.accessToken) }?.isA(.secondFactorEnabled)
                    == true)
            #expect(try await problem { try await auth.give(app.code(0), next) }?.isA(.invalidSecondFactor) == true)
            #expect(
                try await problem { try await auth.call(ListOrganizations(), token: next.accessToken) }?.isA(.secondFactorNeeded) == true)
            #expect(try await auth.call(ListOrganizations(), token: try await auth.give(app.code(1), next).accessToken).data.isEmpty)
        }
    }

    @Test func theirTokensAreNobodysInAnOrganization() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let token = try await auth.platform()
            #expect(try await problem { try await auth.call(GetOrganization(), token: token) }?.status == 401)
            // Not with the claims of somebody in one, either: the audience tells.
            let now = Date()
            let people = AccessTokenClaims(
                personID: gym.owner.id, loginSessionID: LoginSessionID(), organizationID: gym.organization.id, roles: [.owner],
                issuedAt: now)
            for audience in [["palestra-platform"], ["palestra", "palestra-platform"]] {
                var claims = people
                claims.aud = .init(value: audience)
                let forged = try await auth.keys.token(claims)
                #expect(try await problem { try await auth.call(GetOrganization(), token: forged) }?.status == 401)
                #expect(try await problem { try await auth.call(ListOrganizations(), token: forged) }?.status == 401)
            }
            // A token says who called; the table says whether they are signed in.
            let made = try await auth.platformToken(admin: PlatformAdminID(), session: LoginSessionID())
            #expect(try await problem { try await auth.call(ListOrganizations(), token: made) }?.status == 401)
            _ = try await auth.call(PlatformLogout(), token: token)
            #expect(try await problem { try await auth.call(ListOrganizations(), token: token) }?.status == 401)
            #expect(try await database.sql("select count(*) from auth.platform_sessions where ended_at is null") == "0")
        }
    }

    @Test func guessingGetsSlow() async throws {
        try await withAuth { auth, _ in
            try await auth.addPlatformAdmin()
            for name in ["ada-admin", "nobody-here"] {
                for _ in 0..<5 {
                    #expect(try await problem { try await auth.beginPlatform(name, "wrong wrong") }?.isA(.invalidCredentials) == true)
                }
                #expect(try await problem { try await auth.beginPlatform(name) }?.isA(.accountLocked) == true)
            }
        }
    }

    @Test func expiredSignInsAreOver() async throws {
        try await withAuth { auth, database in
            let token = try await auth.platform()
            try await database.sql(
                "update auth.platform_sessions set created_at = now() - interval '1 hour', expires_at = now() - interval '1 minute'")
            #expect(try await problem { try await auth.call(ListOrganizations(), token: token) }?.status == 401)
            try await auth.run(.expiredPlatformSessions)
            #expect(try await database.sql("select count(*) from auth.platform_sessions") == "1")
            try await database.sql(
                "update auth.platform_sessions set created_at = now() - interval '60 days', expires_at = now() - interval '31 days'")
            try await auth.run(Job("again", every: .seconds(1), Job.expiredPlatformSessions.body))
            #expect(try await database.sql("select count(*) from auth.platform_sessions") == "0")
        }
    }

    @Test func signUpsAreClosedAndOpenedAgain() async throws {
        try await withAuth { auth, database in
            let token = try await auth.platform()
            let before = try await auth.call(ListAppConfig(), token: token).data
            #expect(before.map { "\($0.key) \($0.value)" } == ["readOnly false", "signupsOpen true"])
            let closed = try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "false"), token: token, ifMatch: "\"v1\"")
            #expect(closed.value == "false" && closed.version == 2 && closed.description == before[1].description)
            #expect(try await problem { try await auth.signUp("iron-temple") }?.isA(.signupsClosed) == true)
            let wrong = try await problem {
                try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "maybe"), token: token)
            }
            #expect(wrong?.errors?.first?.pointer == "#/value")
            #expect(try await auth.request("PUT", "/v1/platform/config/no_such_key", token: token, json: #"{"value":"x"}"#).status == 404)
            _ = try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "true"), token: token)
            _ = try await auth.signUp("iron-temple")
            try await auth.run(.saidAppConfig)
            let said = try await database.said(AppConfigChanged.self)
            #expect(said.filter { $0.key == .signupsOpen }.map { "\($0.value) \($0.version)" } == ["false 1", "true 2", "true 3"])
            #expect(said.filter { $0.key == .readOnly }.map { "\($0.value) \($0.version)" } == ["false 1"])
        }
    }

    @Test func whatTheyDoIsLogged() async throws {
        try await withAuth { auth, database in
            let gym = try await auth.signUp("iron-temple")
            let token = try await auth.platform()
            _ = try await auth.call(SetAppConfig(key: .signupsOpen), body: .init(value: "false"), token: token)
            _ = try await auth.call(SuspendOrganization(organizationID: gym.organization.id), token: token)
            let admin = PersonID(rawValue: try await auth.call(ListPlatformAdmins(), token: token).data[0].id.rawValue)

            let log = try await auth.call(ListInstallationAuditLog(actorID: admin), token: token).data
            #expect(log.allSatisfy { $0.actorID == admin && $0.address != nil })
            #expect(
                log.map { "\($0.by) \($0.recordType)" } == [
                    "SetAppConfig app_config", "GivePlatformSecondFactor platform_sessions", "GivePlatformSecondFactor platform_admins",
                    "PlatformLogin platform_sessions",
                ])
            let config = try #require(log.first)
            #expect(String(decoding: try JSON.encode(config.newValues), as: UTF8.self).contains(#""value":"false""#))
            let text = try log.map { String(decoding: try JSON.encode($0.newValues), as: UTF8.self) }.joined()
            #expect(!text.contains("totp_secret") && !text.contains("password"))
            // The organization reads in its own log who did it, and nothing of the installation's.
            let theirs = try await database.sql(
                "select actor_id from auth.audit_log where by = 'SuspendOrganization' and organization_id = '\(gym.organization.id)'")
            #expect(theirs == "\(admin)")
        }
    }
}
