import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import NotificationsServer

@Suite struct AccountMailTests {
    private static let pages: [(AccountLinkCreated.Purpose, String)] = [
        (.verifyEmail, "verify-email"), (.resetPassword, "reset-password"), (.changeEmail, "change-email"),
    ]

    /// To the address in the event, whatever address the person has: a new one is not theirs yet, an old one not any more.
    @Test(arguments: pages) func aLinkGoesOutAndLeavesNoTrace(purpose: AccountLinkCreated.Purpose, page: String) async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let ada = PersonID()
                let (address, token) = ("zebulon.quixote@example.com", "lnk1.planted-secret")
                try await desk.save(ada, email: "ada@example.com")
                let event = try desk.accountLink(ada, purpose, email: address, token: token)
                try await desk.service.hear(OnAccountLinkCreated(teller: desk.teller, publicURL: "https://gym.example"), event)
                let before = try await desk.dump()
                try await desk.job(to: catcher.url).drain()
                let after = try await desk.dump()

                let mail = try #require(try await catcher.mails().first)
                #expect(mail.recipient == address && mail.to == address && mail.defects == [])
                let lines = mail.body.split { $0.isNewline }
                #expect(lines.contains { $0 == "https://gym.example/\(page)#\(token)" })
                #expect(lines.contains { $0.contains("until 1 March 2026, 18:00 (UTC)") })
                #expect(before.contains("pending") && after.contains("sent"))
                for dump in [before, after] {
                    for secret in [address, token, "zebulon", "planted", "gym.example"] {
                        #expect(!dump.contains(secret), "\(secret)")
                        #expect(!dump.contains(Data(secret.utf8).base64EncodedString().prefix(12)), "\(secret)")
                    }
                }
            }
        }
    }

    @Test(arguments: [AccountLinkCreated.Purpose.emailChanging, .passwordChanged, .identityLinked, .passkeyAdded])
    func newsHoldNoSecret(purpose: AccountLinkCreated.Purpose) {
        let mail = AccountMail(purpose, publicURL: "https://gym.example", token: nil, until: nil)
        #expect(!mail.body.contains("#") && mail.body.contains("https://gym.example/forgot-password") && !mail.subject.isEmpty)
    }

    @Test func aCodeIsReadOffAndNotFollowed() {
        let mail = AccountMail(.signInCode, publicURL: "https://gym.example", token: "012345", until: Desk.noon)
        #expect(mail.body.split { $0.isNewline }.contains("012345") && !mail.body.contains("#") && !mail.subject.contains("012345"))
    }

    @Test func eachPurposeHasWordsOfItsOwn() {
        let mails = AccountLinkCreated.Purpose.allCases.map {
            AccountMail($0, publicURL: "https://gym.example", token: "t", until: Desk.noon)
        }
        #expect(Set(mails.map(\.subject)).count == mails.count && Set(mails.map(\.body)).count == mails.count)
    }
}
