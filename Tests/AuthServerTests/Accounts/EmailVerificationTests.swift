import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct EmailVerificationTests {
    private let email = "iron-temple@example.com"

    @Test("S0-37, S1-12: an account is not verified until its mailed token is followed, which works once")
    func anAccountIsVerifiedByTheMailedToken() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            func isVerified() async throws -> Bool { try await auth.call(GetMe(), token: made.tokens.accessToken).emailVerified }
            #expect(try await !isVerified())
            let mail = try #require(try await auth.mailed(database).first)
            #expect(mail.purpose == .verifyEmail && mail.email == email && mail.event.personID == made.owner.id)
            #expect(abs(try #require(mail.event.expiresAt).timeIntervalSinceNow - 3 * 86400) < 60)

            try await auth.verify(database)
            #expect(try await isVerified())
            let again = try await problem { try await auth.verify(database) }
            #expect(again?.isA(.invalidLink) == true && again?.status == 410)
            // Signing in as before, and the login session goes on.
            _ = try await auth.login(email)
            _ = try await auth.refresh(made.tokens)
        }
    }

    @Test func aNewLinkReplacesTheLastAndNoneIsMailedWithinAMinute() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let first = try await auth.link(.verifyEmail, database)
            _ = try await auth.call(SendEmailVerification(), token: token)
            #expect(try await auth.mailed(database).count == 1)
            try await database.passMailPause()
            _ = try await auth.call(SendEmailVerification(), token: token)
            #expect(try await auth.mailed(database).map(\.event.version) == [1, 2])
            let refused = try await problem { try await auth.call(ConfirmEmailVerification(), body: .init(token: first)) }
            #expect(refused?.isA(.invalidLink) == true)
            try await auth.verify(database)
            try await database.passMailPause()
            _ = try await auth.call(SendEmailVerification(), token: token)
            #expect(try await auth.mailed(database).count == 2)
        }
    }

    @Test func otherLinksAndThoseThatRanOutAreRefused() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.forgot(email)
            let reset = try await auth.link(.resetPassword, database)
            for text in [reset.rawValue, "lnk1.madeup", "inv1.madeup", "x"] {
                let refused = try await problem {
                    try await auth.call(ConfirmEmailVerification(), body: .init(token: SecretText(rawValue: text)!))
                }
                #expect(refused?.isA(.invalidLink) == true)
            }
            try await database.sql("update auth.account_links set created_at = now() - interval '4 days', expires_at = now()")
            #expect(try await problem { try await auth.verify(database) }?.status == 410)
            #expect(try await !auth.call(GetMe(), token: token).emailVerified)
        }
    }

    @Test func linksThatRanOutAreForgottenAndAllowancesThatAreWholeAgain() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            try await database.sql("update auth.account_links set created_at = now() - interval '4 days', expires_at = now()")
            try await database.sql("update auth.mail_allowances set counted_at = now() - interval '2 hours'")
            _ = try await auth.signUp("steel-temple")
            try await auth.run(.expiredAccountLinks)
            try await auth.run(.wholeMailAllowances)
            #expect(try await database.sql("select count(*) from auth.account_links").hasPrefix("1"))
            #expect(try await database.sql("select count(*) from auth.mail_allowances").hasPrefix("1"))
        }
    }

    @Test func theInvitedAreVerifiedByTheirInvitation() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let (_, tokens) = try await auth.join("mia@example.com", token: owner, database)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).emailVerified)
        }
    }
}
