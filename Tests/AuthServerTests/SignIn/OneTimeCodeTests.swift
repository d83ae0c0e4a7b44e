import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct OneTimeCodeTests {
    private let owner = "iron-temple@example.com"

    /// An owner to whom codes are mailed. - Returns: the access token.
    private func withCodes(_ auth: ServiceUnderTest, _ database: TestDatabase) async throws -> String {
        let token = try await auth.signUp("iron-temple").tokens.accessToken
        try await auth.verify(database)
        _ = try await auth.call(EnableMailedCodes(), body: .init(password: password()), token: token)
        return token
    }

    private func password(_ text: String = ServiceUnderTest.password.rawValue) -> EnteredPassword { EnteredPassword(rawValue: text)! }

    /// Any but `code`.
    private func other(than code: String) -> String { code == "123456" ? "654321" : "123456" }

    @Test("S2-07: a mailed code works once, runs out, is refused after five wrong ones, and is kept hashed")
    func aMailedCodeWorksOnce() async throws {
        try await withAuth { auth, database in
            let token = try await withCodes(auth, database)
            let state = try await auth.call(GetSecondFactor(), token: token)
            #expect(state.isEnabled && state.kind == .mail && state.recoveryCodesLeft == 0)

            // Once.
            let due = try await auth.due(owner)
            #expect(due.kind == .mail && due.expiresIn == 600)
            let mail = try #require(try await auth.mailed(database).last)
            let code = try #require(mail.token?.rawValue)
            #expect(mail.purpose == .signInCode && mail.email == owner && code.wholeMatch(of: /[0-9]{6}/) != nil)
            let stored = try await database.sql("select encode(code_hash, 'escape'), length(code_hash) from auth.one_time_codes")
            #expect(!stored.contains(code) && stored.trimmingCharacters(in: .newlines).hasSuffix("16"))
            _ = try await auth.complete(due, code)
            #expect(try await problem { try await auth.complete(due, code) }?.isA(.invalidSecondFactor) == true)
            #expect(try await database.sql("select count(*) from auth.one_time_codes").hasPrefix("0"))

            // For ten minutes.
            try await database.passMailPause()
            let second = try await auth.due(owner)
            let late = try await auth.link(.signInCode, database).rawValue
            try await database.sql(
                "update auth.one_time_codes set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second'")
            #expect(try await problem { try await auth.complete(second, late) }?.isA(.invalidSecondFactor) == true)

            // Not after five wrong ones, whoever waits between them.
            try await database.passMailPause()
            let third = try await auth.due(owner)
            let right = try await auth.link(.signInCode, database).rawValue
            for _ in 0..<5 {
                try await database.sql("delete from auth.sign_in_failures")
                #expect(try await problem { try await auth.complete(third, other(than: right)) }?.isA(.invalidSecondFactor) == true)
            }
            try await database.sql("delete from auth.sign_in_failures")
            #expect(try await problem { try await auth.complete(third, right) }?.isA(.invalidSecondFactor) == true)
            // The next one is as good as the first.
            try await database.passMailPause()
            _ = try await auth.complete(try await auth.due(owner), try await auth.link(.signInCode, database).rawValue)
        }
    }

    @Test func fourWrongOnesLeaveTheRightOne() async throws {
        try await withAuth { auth, database in
            _ = try await withCodes(auth, database)
            let due = try await auth.due(owner)
            let code = try await auth.link(.signInCode, database).rawValue
            for _ in 0..<4 { #expect(try await problem { try await auth.complete(due, other(than: code)) }?.status == 401) }
            _ = try await auth.complete(due, code)
        }
    }

    @Test("Row 34: of fifty at once with one mailed code one comes in") func ofManyAtOnceOneComesIn() async throws {
        try await withAuth { auth, database in
            _ = try await withCodes(auth, database)
            let due = try await auth.due(owner)
            let code = try await auth.link(.signInCode, database).rawValue
            let statuses = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                for _ in 0..<50 { tasks.addTask { try await problem { try await auth.complete(due, code) }?.status } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == nil } == 1 && statuses.count { $0 == 401 || $0 == 423 } == 49)
        }
    }

    /// Whoever knows the password must not fill a mailbox, nor make a code that is on its way worthless.
    @Test func withinAMinuteTheCodeOnItsWayStaysGood() async throws {
        try await withAuth { auth, database in
            _ = try await withCodes(auth, database)
            _ = try await auth.due(owner)
            let due = try await auth.due(owner)
            #expect(try await auth.mailed(database).filter { $0.purpose == .signInCode }.count == 1)
            _ = try await auth.complete(due, try await auth.link(.signInCode, database).rawValue)
        }
    }

    @Test func aSignInThatCouldNotBeAnsweredSpendsNoCode() async throws {
        try await withAuth { auth, database in
            _ = try await withCodes(auth, database)
            let due = try await auth.due(owner)
            let code = try await auth.link(.signInCode, database).rawValue
            try await database.refuseOneAnswer()
            #expect(try await problem { try await auth.complete(due, code, idempotencyKey: "once") }?.status == 503)
            let tokens = try await auth.complete(due, code, idempotencyKey: "once")
            #expect(try await auth.complete(due, code, idempotencyKey: "once") == tokens)
        }
    }

    @Test func itTakesThePasswordAndAProvedAddressAndBothToRemove() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            func enable(_ word: String) async throws -> Problem? {
                try await problem { try await auth.call(EnableMailedCodes(), body: .init(password: password(word)), token: token) }
            }
            let right = ServiceUnderTest.password.rawValue
            #expect(try await enable("wrong")?.isA(.invalidCredentials) == true)
            #expect(try await enable(right)?.isA(.emailNotVerified) == true)
            try await auth.verify(database)
            #expect(try await enable(right) == nil)
            #expect(try await enable(right)?.isA(.secondFactorEnabled) == true)
            let app = EnrolSecondFactor.Body(password: password())
            #expect(
                try await problem { try await auth.call(EnrolSecondFactor(), body: app, token: token) }?.isA(.secondFactorEnabled) == true)

            _ = try await auth.call(MailSecondFactorCode(), token: token)
            let code = SecondFactorCode(rawValue: try await auth.link(.signInCode, database).rawValue)!
            _ = try await auth.call(RemoveSecondFactor(), body: .init(password: password(), code: code), token: token)
            _ = try await auth.login(owner)
        }
    }

    /// A mailbox is a weaker proof than an app: who has one is not asked for less.
    @Test func whoHasAnAppIsMailedNothing() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            _ = try await auth.enrol(token, database)
            _ = try await auth.call(MailSecondFactorCode(), token: token)
            #expect(try await auth.due(owner).kind == .app)
            #expect(try await auth.mailed(database).allSatisfy { $0.purpose != .signInCode })
        }
    }

    @Test func codesThatHaveRunOutAreForgotten() async throws {
        try await withAuth { auth, database in
            _ = try await withCodes(auth, database)
            _ = try await auth.due(owner)
            try await database.sql(
                "update auth.one_time_codes set created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second'")
            try await auth.run(.expiredOneTimeCodes)
            #expect(try await database.sql("select count(*) from auth.one_time_codes").hasPrefix("0"))
        }
    }

    @Test func aCodeHasSixDigits() {
        #expect([0, 7, 1234, 999_999].map(OneTimeCode.text) == ["000000", "000007", "001234", "999999"])
    }
}
