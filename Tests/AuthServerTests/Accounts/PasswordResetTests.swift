import AuthContract
import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct PasswordResetTests {
    private let email = "iron-temple@example.com"

    @Test func aMailedLinkSetsANewPasswordAndEndsEveryLoginSession() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            try await auth.verify(database)
            let steel = try await auth.signUp("steel-temple")
            let (_, there) = try await auth.join(email, token: steel.tokens.accessToken, database)
            let phone = try await auth.login(email, organization: "iron-temple")

            try await auth.forgot("Iron-Temple@EXAMPLE.com")
            let link = try #require(try await auth.mailed(database).last)
            #expect(link.purpose == .resetPassword && link.email == email)
            #expect(abs(try #require(link.event.expiresAt).timeIntervalSinceNow - 1800) < 60)
            #expect(link.event.organizationID == made.organization.id && link.event.personID == made.owner.id)
            _ = try await auth.reset(try #require(link.token))

            for tokens in [made.tokens, there, phone] {
                #expect(try await problem { try await auth.refresh(tokens) }?.isA(.invalidRefreshToken) == true)
            }
            let ended = try await database.said(LoginSessionEnded.self)
            #expect(ended.count == 3 && ended.allSatisfy { $0.reason == .passwordChanged })
            #expect(Set(ended.map(\.organizationID)) == [made.organization.id, steel.organization.id])
            // Others stay.
            _ = try await auth.refresh(steel.tokens)
            #expect(try await problem { try await auth.login(email) }?.isA(.invalidCredentials) == true)
            _ = try await auth.login(email, "my own password")
            #expect(try await auth.mailed(database).last?.purpose == .passwordChanged)
        }
    }

    @Test("Row 30: a reset link works once, for its account and purpose, and not for long")
    func aResetLinkWorksOnce() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            _ = try await auth.signUp("steel-temple")
            try await auth.forgot("steel-temple@example.com")
            let steel = try await auth.link(.resetPassword, database)
            try await auth.forgot(email)
            let replaced = try await auth.link(.resetPassword, database)
            try await database.passMailPause()
            try await auth.forgot(email)
            let token = try await auth.link(.resetPassword, database)
            let verify = try await auth.link(.verifyEmail, database)

            let spliced = try #require(SecretText(rawValue: String(token.rawValue.dropLast(30) + steel.rawValue.suffix(30))))
            for refused in [replaced, verify, spliced, SecretText(rawValue: "lnk1.madeup")!, SecretText(rawValue: token.rawValue + "A")!] {
                let problem = try await problem { try await auth.reset(refused) }
                #expect(problem?.isA(.invalidLink) == true && problem?.status == 410)
            }
            try await database.sql("update auth.account_links set created_at = now() - interval '1 hour', expires_at = now()")
            #expect(try await problem { try await auth.reset(token) }?.status == 410)
            try await database.sql("update auth.account_links set expires_at = now() + interval '1 minute'")
            _ = try await auth.reset(token)
            #expect(try await problem { try await auth.reset(token) }?.status == 410)
            // The other account's is as good as before, and sets the other account's password.
            _ = try await auth.login("steel-temple@example.com")
            _ = try await auth.reset(steel, "steel's own password")
            _ = try await auth.login("steel-temple@example.com", "steel's own password")
            _ = try await auth.login(email, "my own password")
        }
    }

    @Test func ofManyAtOnceOneSetsItsPassword() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            try await auth.forgot(email)
            let token = try await auth.link(.resetPassword, database)
            let won: [Int] = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                for number in 0..<6 {
                    tasks.addTask {
                        let refusal = try await problem { try await auth.reset(token, "password of number \(number)") }
                        #expect(refusal == nil || refusal?.isA(.invalidLink) == true)
                        return refusal == nil ? number : nil
                    }
                }
                return try await tasks.reduce(into: []) { if let number = $1 { $0.append(number) } }
            }
            #expect(won.count == 1)
            _ = try await auth.login(email, "password of number \(won.first ?? -1)")
        }
    }

    /// Whoever had the old password is out, also when they were just coming in.
    @Test func noLoginSessionOutlivesAReset() async throws {
        try await withAuth { auth, database in
            for round in 0..<12 {
                let email = "gym-\(round)@example.com"
                let tokens = try await auth.signUp("gym-\(round)").tokens
                let second = try await auth.login(email)
                try await auth.forgot(email)
                let link = try await auth.link(.resetPassword, database)
                let got: [Tokens] = try await withThrowingTaskGroup(of: Tokens?.self) { tasks in
                    tasks.addTask {
                        // Now before, now in the middle of, now after the others.
                        try await Task.sleep(for: .milliseconds(round * 2))
                        _ = try await auth.reset(link)
                        return nil
                    }
                    for spent in [tokens, second] { tasks.addTask { try? await auth.refresh(spent) } }
                    for _ in 0..<3 {
                        tasks.addTask {
                            try? await Task.sleep(for: .milliseconds(Int.random(in: 0..<20)))
                            return try? await auth.login(email)
                        }
                    }
                    return try await tasks.reduce(into: []) { if let tokens = $1 { $0.append(tokens) } }
                }
                #expect(try await database.liveLoginSessions() == "0")
                for tokens in got { #expect(try await problem { try await auth.refresh(tokens) }?.status == 401) }
            }
        }
    }

    @Test("Row 29: whoever has no account is answered like whoever has one, and gets no mail")
    func anUnknownAddressIsAnsweredAlike() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            func ask(_ email: String) async throws -> RawAnswer {
                try await auth.request("POST", "/v1/auth/password/forgot", json: #"{"email":"\#(email)"}"#)
            }
            let (known, unknown) = (try await ask(email), try await ask("nobody@example.com"))
            #expect(known.status == 204 && unknown.status == 204 && known.body.isEmpty && unknown.body.isEmpty)
            #expect(known.headers.keys.sorted() == unknown.headers.keys.sorted())
            #expect(try await auth.mailed(database).filter { $0.purpose == .resetPassword }.map(\.email) == [email])
            // Asked again at once: alike, and without a mail.
            #expect(try await ask(email).status == 204)
            #expect(try await ask("nobody@example.com").status == 204)
            #expect(try await auth.mailed(database).filter { $0.purpose == .resetPassword }.count == 1)
            #expect(try await database.sql("select count(*), count(distinct mails) from auth.mail_allowances").hasPrefix("3|1"))
        }
    }

    @Test func fiveMailsAnHourGoToOneAddress() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            for _ in 0..<8 {
                try await auth.forgot(email)
                try await database.passMailPause()
            }
            #expect(try await auth.mailed(database).filter { $0.purpose == .resetPassword }.count == 5)
            let versions = try await database.said(AccountLinkCreated.self).map(\.version)
            #expect(versions == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test func oneNetworkRunsOutOfMailsButNotOfSignIns() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            try await auth.forgot("nobody@example.com")
            try await database.sql("update auth.sign_in_addresses set tries = 0, counted_at = now()")
            let refused = try await problem { try await auth.forgot(email) }
            #expect(refused?.isA(.rateLimited) == true && (1...3).contains(refused?.retryAfter ?? 0))
            _ = try await auth.login(email)
            let elsewhere = try await auth.request(
                "POST", "/v1/auth/password/forgot", headers: ["X-Forwarded-For": "203.0.113.9"], json: #"{"email":"\#(email)"}"#)
            #expect(elsewhere.status == 204)
            #expect(try await auth.mailed(database).last?.purpose == .resetPassword)
        }
    }

    /// What is typed may be read as the same address, and be somebody else's mailbox.
    @Test func theMailGoesToTheAddressThatTheAccountHas() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            try await auth.forgot("ｉron-temple@example.com")
            let link = try #require(try await auth.mailed(database).last)
            #expect(link.purpose == .resetPassword && link.email == email)
        }
    }

    @Test func whoProvesToReadTheMailWaitsNoLonger() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            for _ in 0..<5 { #expect(try await problem { try await auth.login(email, "wrong") }?.status == 401) }
            try await database.sql("update auth.sign_in_failures set blocked_until = now() + interval '10 minutes'")
            #expect(try await problem { try await auth.login(email) }?.status == 423)
            try await auth.forgot(email)
            _ = try await auth.reset(try await auth.link(.resetPassword, database))
            let tokens = try await auth.login(email, "my own password")
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).emailVerified)
        }
    }

    @Test("Row 32: a second factor is asked for after a reset as before, and wrong codes are not forgiven by it")
    func aSecondFactorIsAskedForAfterAReset() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            let app = try await auth.enrol(tokens.accessToken, database)
            let begun = try await auth.due(email)
            #expect(try await problem { try await auth.complete(begun, app.code(40)) }?.status == 401)
            try await auth.forgot(email)
            _ = try await auth.reset(try await auth.link(.resetPassword, database))
            #expect(try await database.sql("select failures from auth.sign_in_failures").hasPrefix("1"))
            // What the old password began is over, whatever the code.
            #expect(try await problem { try await auth.complete(begun, app.code(1)) }?.status == 401)
            guard case .secondFactorDue(let due) = try await auth.begin(email, "my own password") else {
                Issue.record("signed in without a code")
                return
            }
            _ = try await auth.complete(due, app.code(1))
        }
    }

    @Test func aRepeatWithTheSameKeyIsAnsweredAlike() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            try await auth.forgot(email)
            let token = try await auth.link(.resetPassword, database)
            for _ in 0..<2 { _ = try await auth.reset(token, idempotencyKey: "once") }
            #expect(try await auth.mailed(database).filter { $0.purpose == .passwordChanged }.count == 1)
        }
    }

    @Test func whoWasRemovedEverywhereIsMailedNothing() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let member = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            _ = try await auth.call(DeleteMember(memberID: member.id), token: owner)
            try await auth.forgot("mia@example.com")
            #expect(try await auth.mailed(database).map(\.purpose) == [.verifyEmail])
        }
    }

    @Test func nothingThatIsMailedStandsInATable() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple", email: "planted.owner@example.com")
            try await auth.forgot("planted.owner@example.com")
            try await auth.forgot("planted.nobody@example.com")
            let token = try await auth.link(.resetPassword, database).rawValue
            var dump = ""
            for table in ["accounts", "account_links", "mail_allowances", "outbox", "sign_in_addresses"] {
                dump += try await database.sql("select t::text from auth.\(table) t") + "\n"
            }
            dump += try await database.sql("select convert_from(envelope, 'UTF8') from auth.outbox")
            #expect(dump.contains("reset_password"))
            for secret in [token, String(token.suffix(20)), "planted."] {
                #expect(!dump.contains(secret), "\(secret)")
                #expect(!dump.contains(secret.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()), "\(secret)")
                #expect(!dump.contains(Data(secret.utf8).base64EncodedString().prefix(8)), "\(secret)")
            }
        }
    }
}
