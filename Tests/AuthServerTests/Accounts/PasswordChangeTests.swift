import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct PasswordChangeTests {
    private let email = "iron-temple@example.com"
    private let old = ServiceUnderTest.password.rawValue

    @Test func whoKnowsThePasswordChangesItAndTheOtherDevicesAreOut() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            try await auth.verify(database)
            let steel = try await auth.signUp("steel-temple")
            let (_, there) = try await auth.join(email, token: steel.tokens.accessToken, database)
            let mine = try await auth.login(email, organization: "iron-temple")

            _ = try await auth.changePassword(old, to: "my own password", token: mine.accessToken)
            for tokens in [made.tokens, there] { #expect(try await problem { try await auth.refresh(tokens) }?.status == 401) }
            _ = try await auth.refresh(mine)
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.passwordChanged, .passwordChanged])
            #expect(try await problem { try await auth.login(email) }?.status == 401)
            _ = try await auth.login(email, "my own password")
            let news = try #require(try await auth.mailed(database).last)
            #expect(news.purpose == .passwordChanged && news.email == email && news.token == nil && news.event.expiresAt == nil)
        }
    }

    @Test func aWrongPasswordChangesNothingAndIsCounted() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            for _ in 0..<5 {
                let refused = try await problem {
                    try await auth.changePassword("wrong", to: "my own password", token: tokens.accessToken)
                }
                #expect(refused?.isA(.invalidCredentials) == true)
            }
            #expect(try await database.sql("select failures from auth.sign_in_failures").hasPrefix("5"))
            try await database.sql("update auth.sign_in_failures set blocked_until = now() + interval '1 minute'")
            let locked = try await problem { try await auth.changePassword(old, to: "my own password", token: tokens.accessToken) }
            #expect(locked?.isA(.accountLocked) == true)
            try await database.sql("delete from auth.sign_in_failures")
            _ = try await auth.login(email)
        }
    }

    @Test func ofTwoAtOnceOneChangesIt() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple").tokens
            let other = try await auth.login(email)
            let won: [String] = try await withThrowingTaskGroup(of: String?.self) { tasks in
                for (number, tokens) in [made, other].enumerated() {
                    tasks.addTask {
                        let password = "password of number \(number)"
                        let refused = try await problem { try await auth.changePassword(old, to: password, token: tokens.accessToken) }
                        #expect(refused == nil || [401, 429].contains(refused?.status))
                        return refused == nil ? password : nil
                    }
                }
                return try await tasks.reduce(into: []) { if let password = $1 { $0.append(password) } }
            }
            #expect(won.count == 1)
            _ = try await auth.login(email, won.first ?? "")
            // The one that changed it and the one that signed in now.
            #expect(try await database.liveLoginSessions() == "2")
        }
    }

    /// What a thief of the old password has asked for comes to nothing.
    @Test(arguments: [false, true]) func openLinksDieWithTheOldPassword(byMail: Bool) async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            _ = try await auth.changeEmail(to: "thief@example.com", token: tokens.accessToken)
            try await auth.forgot(email)
            let (change, reset) = (try await auth.link(.changeEmail, database), try await auth.link(.resetPassword, database))
            if byMail {
                _ = try await auth.reset(reset)
            } else {
                _ = try await auth.changePassword(old, to: "my own password", token: tokens.accessToken)
            }
            #expect(try await problem { try await auth.confirmChange(change) }?.isA(.invalidLink) == true)
            #expect(try await problem { try await auth.reset(reset, "another password") }?.isA(.invalidLink) == true)
            _ = try await auth.login(email, "my own password")
        }
    }

    @Test func whoWasRemovedChangesNothing() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let stranger = try await auth.token(roles: [.owner], organization: made.organization.id)
            #expect(try await problem { try await auth.changePassword(old, to: "my own password", token: stranger) }?.status == 401)
            #expect(try await problem { try await auth.changeEmail(to: "new@example.com", token: stranger) }?.status == 401)
            #expect(try await problem { try await auth.call(SendEmailVerification(), token: stranger) }?.status == 401)
            _ = try await auth.login(email)
        }
    }

    @Test("whoever has a second factor gives it to change the password or the address")
    func aSecondFactorIsAskedFor() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let app = try await auth.enrol(token, database)
            func change(_ code: String?) async throws -> Problem? {
                try await problem {
                    try await auth.call(
                        ChangePassword(),
                        body: .init(
                            currentPassword: EnteredPassword(rawValue: old)!, password: Password(rawValue: "my own password")!,
                            code: code.map { SecondFactorCode(rawValue: $0)! }), token: token)
                }
            }
            func move(_ code: String?) async throws -> Problem? {
                try await problem {
                    try await auth.call(
                        ChangeEmail(),
                        body: .init(
                            email: EmailAddress(rawValue: "new@example.com")!, password: EnteredPassword(rawValue: old)!,
                            code: code.map { SecondFactorCode(rawValue: $0)! }), token: token)
                }
            }
            for code in [nil, app.code(0), app.code(40)] {
                #expect(try await change(code)?.isA(.invalidSecondFactor) == true)
                #expect(try await move(code)?.isA(.invalidSecondFactor) == true)
            }
            #expect(try await auth.mailed(database).allSatisfy { $0.purpose == .verifyEmail })
            #expect(try await move(app.code(1)) == nil)
            #expect(try await auth.mailed(database).contains { $0.purpose == .changeEmail })
            #expect(try await change(app.recoveryCodes[0]) == nil)
            #expect(try await problem { try await auth.begin(email) }?.status == 401)
        }
    }
}
