import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct APIKeyTests {
    @Test func aKeyGetsTokensThatDoWhatItsScopesSay() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let owner = made.tokens.accessToken
            let key = try await auth.addKey(["auth:read", "auth:CreateMember"], token: owner)
            #expect(key.key.personID == made.owner.id && key.key.lastUsedAt == nil && key.clientSecret.hasPrefix("key1."))

            let answer = try await auth.keyToken(key)
            #expect(answer.tokenType == "Bearer" && answer.expiresIn == 300 && answer.scope == "auth:read auth:CreateMember")
            #expect(try await auth.call(GetMe(), token: answer.accessToken).person.id == made.owner.id)
            _ = try await auth.addMember("Mia Member", token: answer.accessToken)
            let trainer = CreateTrainer.Body(fullName: "Tina", email: EmailAddress(rawValue: "tina@example.com")!)
            let refused = try await problem { try await auth.call(CreateTrainer(), body: trainer, token: answer.accessToken) }
            #expect(refused?.isA(.insufficientScope) == true && refused?.status == 403)

            // Fewer, never more.
            let less = try await auth.keyToken(key, scope: "auth:CreateMember")
            #expect(less.scope == "auth:CreateMember")
            #expect(try await problem { try await auth.call(GetMe(), token: less.accessToken) }?.status == 403)
            #expect(try await problem { try await auth.keyToken(key, scope: "auth:read auth:write") }?.isA(.invalidScope) == true)

            let listed = try await auth.call(ListAPIKeys(), token: owner).data
            #expect(listed.map(\.id) == [key.key.id] && listed[0].lastUsedAt != nil && listed[0].scopes == key.key.scopes)
        }
    }

    @Test("Row 45: a key that is revoked, has run out or is a little off gets nothing") func aBadKeyGetsNothing() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let owner = made.tokens.accessToken
            let (first, second) = (try await auth.addKey(["auth:read"], token: owner), try await auth.addKey(["auth:read"], token: owner))
            for index in [0, 6, 30, first.clientSecret.utf8.count - 1] {
                var bytes = Array(first.clientSecret.utf8)
                bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let bent = String(decoding: bytes, as: UTF8.self)
                #expect(try await problem { try await auth.keyToken(first.key.id, bent) }?.isA(.invalidClient) == true, "\(index)")
            }
            #expect(try await problem { try await auth.keyToken(second.key.id, first.clientSecret) }?.isA(.invalidClient) == true)
            #expect(try await problem { try await auth.keyToken(first.key.id, made.tokens.refreshToken) }?.isA(.invalidClient) == true)

            _ = try await auth.call(RevokeAPIKey(apiKeyID: first.key.id), token: owner)
            #expect(try await problem { try await auth.keyToken(first) }?.isA(.invalidClient) == true)
            #expect(try await problem { try await auth.call(RevokeAPIKey(apiKeyID: first.key.id), token: owner) }?.status == 404)
            #expect(try await auth.call(ListAPIKeys(), token: owner).data.map(\.id) == [second.key.id])
            let said = try #require(try await database.said(LoginSessionEnded.self).last)
            #expect("\(said.loginSessionID)" == "\(first.key.id)" && said.personID == made.owner.id && said.reason == .ended)

            try await database.sql("update auth.api_keys set created_at = now() - interval '2 days', expires_at = now() + interval '9 s'")
            #expect(try await auth.keyToken(second).expiresIn <= 9)
            try await database.sql("update auth.api_keys set expires_at = now() - interval '1 second'")
            #expect(try await problem { try await auth.keyToken(second) }?.isA(.invalidClient) == true)
            let late = CreateAPIKey.Body(name: "Late", scopes: [.example], expiresAt: Date() - 1)
            #expect(try await problem { try await auth.call(CreateAPIKey(), body: late, token: owner) }?.status == 422)
        }
    }

    @Test func aKeyIsKeptHashedAndItsSecretIsShownOnce() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let key = try await auth.addKey(["auth:read"], token: owner)
            let stored = try await database.sql(
                "select * from auth.api_keys; select encode(secret_hash, 'escape'), encode(secret_hash, 'base64') from auth.api_keys")
            let secret = key.clientSecret.dropFirst("key1.".count)
            #expect(!stored.contains(secret) && !stored.contains(secret.suffix(20)))
            let list = try await auth.request("GET", "/v1/api-keys", token: owner)
            #expect(list.status == 200 && !list.text.contains("secret") && !list.text.contains(secret))
        }
    }

    @Test func aKeyMayDoNoMoreThanWhoeverMadeItMayAtTheMoment() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let person = made.owner.id
            let key = try await auth.addKey(["auth:read"], token: made.tokens.accessToken)
            try await database.sql("update auth.people set roles = '{member}'")
            let token = try await auth.keyToken(key).accessToken
            #expect(try await problem { try await auth.call(ListMembers(), token: token) }?.isA(.forbidden) == true)
            try await database.sql("update auth.people set is_active = false where person_id = '\(person)'")
            #expect(try await problem { try await auth.keyToken(key) }?.isA(.invalidClient) == true)
            try await database.sql("update auth.people set is_active = true where person_id = '\(person)'")
            _ = try await auth.keyToken(key)
            try await database.sql("update auth.people set is_active = false, deleted_at = now() where person_id = '\(person)'")
            #expect(try await problem { try await auth.keyToken(key) }?.isA(.invalidClient) == true)
        }
    }

    @Test func whoIsMadeInactiveTakesTheTokensOfTheirKeysAlong() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let tina = try await auth.call(
                CreateTrainer(), body: .init(fullName: "Tina", email: EmailAddress(rawValue: "tina@example.com")!),
                token: made.tokens.accessToken)
            let admin = try await auth.token(roles: [.admin], organization: made.organization.id, person: tina.id)
            let keys = [try await auth.addKey(["auth:read"], token: admin), try await auth.addKey(["auth:read"], token: admin)]
            _ = try await auth.keyToken(keys[0])
            _ = try await auth.call(UpdateTrainer(trainerID: tina.id), body: .init(isActive: false), token: made.tokens.accessToken)
            // The other one has no tokens to end.
            let said = try await database.said(LoginSessionEnded.self)
            #expect(said.map { "\($0.loginSessionID)" } == ["\(keys[0].key.id)"] && said.map(\.reason) == [.personRemoved])
        }
    }

    @Test func whoLosesARoleTakesTheTokensOfTheirKeysAlong() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let owner = made.tokens.accessToken
            let tina = try await auth.call(
                CreateTrainer(), body: .init(fullName: "Tina", email: EmailAddress(rawValue: "tina@example.com")!), token: owner)
            _ = try await auth.call(AddRole(personID: tina.id, role: .admin), token: owner)
            let admin = try await auth.token(roles: [.admin, .trainer], organization: made.organization.id, person: tina.id)
            let key = try await auth.addKey(["auth:read"], token: admin)
            _ = try await auth.keyToken(key)
            _ = try await auth.call(RemoveRole(personID: tina.id, role: .admin), token: owner)
            let said = try await database.said(LoginSessionEnded.self)
            #expect(said.map { "\($0.loginSessionID)" } == ["\(key.key.id)"] && said.map(\.reason) == [.ended])
        }
    }

    @Test func aKeyChangesNothingAboutHowAnAccountIsGuarded() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let guarding = AuthContract.operations.filter {
                $0.access != .everyone && ($0.route.path.hasPrefix("/v1/auth/") || $0.route.path.hasPrefix("/v1/api-keys"))
            }
            #expect(guarding.count >= 13)
            for operation in guarding { #expect(operation.scopes(in: "auth").isEmpty, "\(operation.name)") }
            // Whatever it was made for, by name as well.
            let names = guarding.prefix(28).map { KeyScope(rawValue: "auth:\($0.name)")! }
            let key = try await auth.addKey(["auth:read", "auth:write"] + names.map(\.rawValue), token: owner)
            let token = try await auth.keyToken(key).accessToken
            for operation in guarding {
                let path = operation.route.path.replacing(/\{[a-z_]+\}/, with: "\(APIKeyID())")
                let answer = try await auth.request(operation.route.method.rawValue, path, token: token, json: "{}")
                #expect(try answer.status == 403 && answer.problem.isA(.insufficientScope), "\(operation.name): \(answer.status)")
                #expect(answer.headers["www-authenticate"] == #"Bearer error="insufficient_scope""#, "\(operation.name)")
            }
        }
    }

    @Test func itIsAskedForAsTheStandardHasIt() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let key = try await auth.addKey(["auth:read"], token: owner)
            func ask(_ form: String, type: String = "application/x-www-form-urlencoded") async throws -> RawAnswer {
                try await auth.request("POST", "/v1/oauth/token", headers: ["Content-Type": type], body: Data(form.utf8))
            }
            let form = "grant_type=client_credentials&client_id=\(key.key.id)&client_secret=\(key.clientSecret)&scope=auth%3Aread"
            let answer = try await ask(form, type: "application/x-www-form-urlencoded; charset=UTF-8")
            #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store")
            let token = try answer.decoded(as: GetKeyToken.Output.self)
            #expect(token.scope == "auth:read" && !answer.text.contains("refresh_token"))
            _ = try await auth.call(GetMe(), token: token.accessToken)

            #expect(try await ask(form.replacing("client_credentials", with: "password")).status == 422)
            #expect(try await ask(form + "&scope=auth%3Aread").status == 422)
            #expect(try await ask("grant_type=client_credentials").problem.errors?.first?.pointer == "#/client_id")
            #expect(try await ask("grant_type=%zz").status == 422)
            #expect(try await ask("%ff").status == 400)
            // Where no standard asks for it, it is not taken.
            let login = try await auth.request(
                "POST", "/v1/auth/login", headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Data("email=a".utf8))
            #expect(login.status == 415)
        }
    }

    @Test func itsSecretMayComeByHTTPBasic() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let (first, second) = (try await auth.addKey(["auth:read"], token: owner), try await auth.addKey(["auth:read"], token: owner))
            func ask(_ credentials: String, _ form: String = "grant_type=client_credentials", key: String? = nil) async throws -> RawAnswer
            {
                var headers = ["Authorization": credentials, "Content-Type": "application/x-www-form-urlencoded"]
                headers["Idempotency-Key"] = key
                return try await auth.request("POST", "/v1/oauth/token", headers: headers, body: Data(form.utf8))
            }
            func basic(_ key: CreateAPIKey.Output, _ secret: String? = nil) -> String {
                "Basic \(Data("\(key.key.id):\(secret ?? key.clientSecret)".utf8).base64EncodedString())"
            }
            let token = try await ask(basic(first)).decoded(as: GetKeyToken.Output.self)
            _ = try await auth.call(GetMe(), token: token.accessToken)

            let wrong = try await ask(basic(first, second.clientSecret))
            #expect(try wrong.status == 401 && wrong.problem.isA(.invalidClient))
            #expect(wrong.headers["www-authenticate"] == #"Basic realm="Palestra""#)
            // Once, and nothing but the two.
            #expect(try await ask(basic(first), "grant_type=client_credentials&client_id=\(first.key.id)").status == 422)
            #expect(try await ask(basic(first, "\(first.clientSecret)&scope=auth%3Aread")).status == 400)
            for broken in ["Basic", "Basic ", "Basic !", "Basic \(Data("nobody".utf8).base64EncodedString())"] {
                #expect(try await ask(broken).status == 400, "\(broken)")
            }
            // What one client was answered under its key is no answer to another one with the same key.
            let key = "again"
            let one = try await ask(basic(first), key: key).decoded(as: GetKeyToken.Output.self)
            let again = try await ask(basic(first), key: key)
            let other = try await ask(basic(second), key: key)
            #expect(try again.decoded(as: GetKeyToken.Output.self) == one)
            #expect(!other.text.contains(one.accessToken))
        }
    }

    @Test func onlyThoseWhoRunTheOrganizationSeeItsKeys() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"))
            let key = try await auth.addKey(["auth:read"], token: iron.tokens.accessToken)
            #expect(try await auth.call(ListAPIKeys(), token: steel.tokens.accessToken).data.isEmpty)
            let revoke = RevokeAPIKey(apiKeyID: key.key.id)
            #expect(try await problem { try await auth.call(revoke, token: steel.tokens.accessToken) }?.status == 404)
            let trainer = try await auth.token(roles: [.trainer, .member], organization: iron.organization.id)
            #expect(try await problem { try await auth.call(revoke, token: trainer) }?.isA(.forbidden) == true)
            _ = try await auth.keyToken(key)
        }
    }
}

extension ServiceUnderTest {
    func addKey(_ scopes: [String], token: String) async throws -> CreateAPIKey.Output {
        try await call(CreateAPIKey(), body: .init(name: "Till", scopes: scopes.map { KeyScope(rawValue: $0)! }), token: token)
    }

    func keyToken(_ key: CreateAPIKey.Output, scope: String? = nil) async throws -> GetKeyToken.Output {
        try await keyToken(key.key.id, key.clientSecret, scope: scope)
    }

    @discardableResult func keyToken(_ id: APIKeyID, _ secret: String, scope: String? = nil) async throws -> GetKeyToken.Output {
        try await call(
            GetKeyToken(),
            body: .init(clientID: id, clientSecret: SecretText(rawValue: secret)!, scope: scope.map { KeyScopes(rawValue: $0)! }))
    }
}
