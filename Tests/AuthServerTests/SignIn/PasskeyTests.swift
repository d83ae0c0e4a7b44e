import AuthContract
import ContractKit
import Crypto
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct PasskeyTests {
    private let owner = "iron-temple@example.com"

    @Test("Row 38: a passkey signs in by itself and is both factors; it is listed, renamed and removed")
    func aPasskeySignsIn() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            #expect(try await problem { try await auth.call(BeginPasskeyRegistration(), token: token) }?.isA(.emailNotVerified) == true)
            try await auth.verify(database)
            var authenticator = SoftwareAuthenticator()
            let begun = try await auth.call(BeginPasskeyRegistration(), token: token)
            #expect(begun.relyingPartyID == "127.0.0.1" && begun.userName.rawValue == owner && begun.excludeCredentials == [])
            #expect(begun.algorithms == [-7] && begun.expiresIn == 300 && begun.userID.data.count == 16)
            let passkey = try await auth.call(RegisterPasskey(), body: authenticator.register(begun), token: token)
            #expect(passkey.name == "Telephone" && passkey.isBackedUp && !passkey.isSuspect && passkey.lastUsedAt == nil)
            let news = try #require(try await auth.mailed(database).last)
            #expect(news.purpose == .passkeyAdded && news.email == owner && news.token == nil)
            let again = try await auth.call(BeginPasskeyRegistration(), token: token)
            #expect(again.excludeCredentials == [Base64URL(authenticator.credentialID)])
            let twice = try await problem { try await auth.call(RegisterPasskey(), body: authenticator.register(again), token: token) }
            #expect(twice?.isA(.passkeyTaken) == true)

            // With an authenticator app on the account no code is asked for besides.
            _ = try await auth.enrol(token, database)
            let tokens = try await auth.signIn(with: &authenticator)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == made.owner.id)
            let listed = try #require(try await auth.call(ListPasskeys(), token: token).data.first)
            #expect(listed.id == passkey.id && listed.lastUsedAt != nil)
            #expect(try await auth.call(RenamePasskey(passkeyID: passkey.id), body: .init(name: "Ring"), token: token).name == "Ring")
            let stored = try await database.sql("select encode(name, 'escape') from auth.passkeys")
            #expect(!stored.contains("Ring"))

            try await auth.call(DeletePasskey(passkeyID: passkey.id), token: token)
            #expect(try await auth.call(ListPasskeys(), token: token).data == [])
            #expect(try await problem { try await auth.signIn(with: &authenticator) }?.isA(.passkeyRefused) == true)
        }
    }

    @Test("Row 38: a challenge is good once, for whom and what it was given out") func aChallengeIsGoodOnce() async throws {
        try await withAuth { auth, database in
            let iron = try await auth.signUp("iron-temple").tokens.accessToken
            let steel = try await auth.signUp("steel-hall").tokens.accessToken
            try await database.sql("update auth.accounts set email_verified_at = now()")
            var (mine, theirs) = (SoftwareAuthenticator(), SoftwareAuthenticator())
            let begun = try await auth.call(BeginPasskeyRegistration(), token: iron)
            let elsewhere = try await auth.login(owner).accessToken
            for token in [steel, elsewhere] {
                let body = mine.register(begun)
                #expect(
                    try await problem { try await auth.call(RegisterPasskey(), body: body, token: token) }?.isA(.passkeyRefused) == true)
            }
            _ = try await auth.call(RegisterPasskey(), body: mine.register(begun), token: iron)
            let other = SoftwareAuthenticator()
            mine = other
            #expect(
                try await problem { try await auth.call(RegisterPasskey(), body: mine.register(begun), token: iron) }?
                    .isA(.passkeyRefused) == true)
            try await auth.add(&mine, token: iron)
            try await auth.add(&theirs, token: steel)

            let challenge = try await auth.call(BeginPasskeySignIn()).challenge
            let answer = try mine.sign(challenge)
            _ = try await auth.call(SignInWithPasskey(), body: .init(answer: answer))
            #expect(
                try await problem { try await auth.call(SignInWithPasskey(), body: .init(answer: answer)) }?.isA(.passkeyRefused) == true)
            // A repeat after a lost answer has the first one.
            let next = try mine.sign(try await auth.call(BeginPasskeySignIn()).challenge)
            let first = try await auth.call(SignInWithPasskey(), body: .init(answer: next), idempotencyKey: "once")
            #expect(try await auth.call(SignInWithPasskey(), body: .init(answer: next), idempotencyKey: "once") == first)
            #expect(try await database.sql("select count(*) from auth.passkey_challenges").hasPrefix("5"))
            try await database.sql("update auth.passkey_challenges set expires_at = now() - interval '1 second'")
            try await auth.run(.expiredPasskeyChallenges)
            #expect(try await database.sql("select count(*) from auth.passkey_challenges").hasPrefix("0"))
        }
    }

    @Test("Row 38: of fifty at once with one answer one comes in") func ofManyAtOnceOneComesIn() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.verify(database)
            var authenticator = SoftwareAuthenticator()
            try await auth.add(&authenticator, token: token)
            let answer = try authenticator.sign(try await auth.call(BeginPasskeySignIn()).challenge)
            let statuses = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                for _ in 0..<50 {
                    tasks.addTask { try await problem { try await auth.call(SignInWithPasskey(), body: .init(answer: answer)) }?.status }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == nil } == 1 && statuses.count { $0 == 401 } == 49, "\(statuses)")
        }
    }

    @Test("Row 38: an answer is nobody else's, and says nothing of who is there") func anAnswerIsNobodyElses() async throws {
        try await withAuth { auth, database in
            let iron = try await auth.signUp("iron-temple").tokens.accessToken
            let steel = try await auth.signUp("steel-hall").tokens.accessToken
            try await database.sql("update auth.accounts set email_verified_at = now()")
            var (mine, theirs) = (SoftwareAuthenticator(), SoftwareAuthenticator())
            try await auth.add(&mine, token: iron)
            try await auth.add(&theirs, token: steel)
            func text(_ change: (inout SoftwareAuthenticator) -> Void) async throws -> String {
                var bent = mine
                change(&bent)
                let answer = try bent.sign(try await auth.call(BeginPasskeySignIn()).challenge)
                let refused = try await problem { try await auth.call(SignInWithPasskey(), body: .init(answer: answer)) }
                return "\(refused?.status ?? 200) \(refused?.type ?? "") \(refused?.detail ?? "")"
            }
            let answers = [
                try await text { $0.credentialID = theirs.credentialID }, try await text { $0.userHandle = theirs.userHandle },
                try await text { ($0.credentialID, $0.userHandle) = (theirs.credentialID, theirs.userHandle) },
                try await text { $0.credentialID = Data(repeating: 1, count: 32) }, try await text { $0.origin = "http://evil.example" },
                try await text { $0.relyingPartyID = "evil.example" }, try await text { $0.kind = "webauthn.create" },
            ]
            #expect(Set(answers).count == 1 && answers[0].hasPrefix("401 /problems/passkey-refused"), "\(answers)")
            let passkey = try #require(try await auth.call(ListPasskeys(), token: iron).data.first).id
            let rename = RenamePasskey(passkeyID: passkey)
            #expect(try await problem { try await auth.call(rename, body: .init(name: "Mine"), token: steel) }?.status == 404)
            #expect(try await problem { try await auth.call(DeletePasskey(passkeyID: passkey), token: steel) }?.status == 404)
            _ = try await auth.signIn(with: &mine)
        }
    }

    @Test("Row 38: a passkey whose count goes back is a copy, and good for nothing any more") func aCopyIsNoticed() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.verify(database)
            var counting = SoftwareAuthenticator()
            counting.signCount = 7
            try await auth.add(&counting, token: token)
            counting.signCount = 8
            var copy = counting
            _ = try await auth.signIn(with: &counting)
            #expect(try await problem { try await auth.signIn(with: &copy) }?.isA(.passkeyRefused) == true)
            #expect(try await auth.call(ListPasskeys(), token: token).data.map(\.isSuspect) == [true])
            counting.signCount = 9
            #expect(try await problem { try await auth.signIn(with: &counting) }?.isA(.passkeyRefused) == true)
        }
    }

    @Test("Row 38: a passkey steps up, its owner only; adding and removing take a fresh sign-in") func aPasskeyStepsUp() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let steel = try await auth.signUp("steel-hall").tokens.accessToken
            try await database.sql("update auth.accounts set email_verified_at = now()")
            var (mine, theirs) = (SoftwareAuthenticator(), SoftwareAuthenticator())
            try await auth.add(&mine, token: made.tokens.accessToken)
            try await auth.add(&theirs, token: steel)
            let passkey = try #require(try await auth.call(ListPasskeys(), token: made.tokens.accessToken).data.first).id

            let session = LoginSessionID(now: Date() - 361)
            try await database.sql(
                "update auth.login_sessions set login_session_id = '\(session)' where organization_id = '\(made.organization.id)'")
            let early = try await auth.token(organization: made.organization.id, person: made.owner.id, session: session)
            #expect(try await problem { try await auth.call(BeginPasskeyRegistration(), token: early) }?.isA(.stepUpRequired) == true)
            let removal = DeletePasskey(passkeyID: passkey)
            #expect(try await problem { try await auth.call(removal, token: early) }?.isA(.stepUpRequired) == true)
            let wrong = try theirs.sign(try await auth.call(BeginPasskeySignIn()).challenge)
            #expect(try await problem { try await auth.call(StepUpWithPasskey(), body: wrong, token: early) }?.isA(.passkeyRefused) == true)
            let right = try mine.sign(try await auth.call(BeginPasskeySignIn()).challenge)
            let fresh = try await auth.call(StepUpWithPasskey(), body: right, token: early)
            try await auth.call(removal, token: fresh.accessToken)
        }
    }

    /// Whoever gets their account back need not know what was added to it meanwhile.
    @Test func aResetPasswordRemovesPasskeys() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.verify(database)
            var authenticator = SoftwareAuthenticator()
            try await auth.add(&authenticator, token: token)
            try await database.passMailPause()
            try await auth.forgot(owner)
            _ = try await auth.reset(try await auth.link(.resetPassword, database))
            #expect(try await problem { try await auth.signIn(with: &authenticator) }?.isA(.passkeyRefused) == true)
        }
    }

    @Test func anAccountHasTwentyAtMost() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.verify(database)
            for _ in 0..<PasskeyStore.most {
                var authenticator = SoftwareAuthenticator()
                try await auth.add(&authenticator, token: token)
            }
            var one = SoftwareAuthenticator()
            #expect(try await problem { try await auth.add(&one, token: token) }?.isA(.tooManyPasskeys) == true)
        }
    }
}

extension ServiceUnderTest {
    func add(_ authenticator: inout SoftwareAuthenticator, token: String) async throws {
        let begun = try await call(BeginPasskeyRegistration(), token: token)
        _ = try await call(RegisterPasskey(), body: authenticator.register(begun), token: token)
    }

    func signIn(with authenticator: inout SoftwareAuthenticator) async throws -> Tokens {
        let answer = try authenticator.sign(try await call(BeginPasskeySignIn()).challenge)
        return try await call(SignInWithPasskey(), body: .init(answer: answer))
    }
}
