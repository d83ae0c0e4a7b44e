import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Testing

@testable import AuthServer

@Suite struct AccountLinkRulesTests {
    let now = Date(timeIntervalSince1970: 1_772_359_200)

    @Test func aMailAMinuteAndFiveAnHour() throws {
        var allowance: MailAllowance? = MailAllowance(mails: MailAllowance.most, countedAt: now - MailAllowance.memory)
        var time = now
        for _ in 0..<5 {
            allowance = try #require(allowance).afterMail(now: time)
            #expect(try #require(allowance).afterMail(now: time + 59) == nil)
            time += 60
        }
        #expect(try #require(allowance).afterMail(now: time) == nil)
        // One comes back in twelve minutes, and five, not more, in however long.
        #expect(try #require(allowance).afterMail(now: time + 12 * 60) != nil)
        #expect(try #require(allowance).afterMail(now: time + 30 * 86400)?.mails == 4)
        // A clock that was set back.
        #expect(try #require(allowance).afterMail(now: now - 3600) == nil)
    }

    @Test func aLinkIsForItsAccountAndPurpose() throws {
        let ring = try KeyRing(keys: [("k", Data(repeating: 1, count: 32))])
        let other = try KeyRing(keys: [("k", Data(repeating: 2, count: 32))])
        let account = AccountID()
        let token = AccountLinkToken(account, .verifyEmail, ring: ring)
        let read = try #require(AccountLinkToken(token.text, .verifyEmail, ring: ring))
        #expect(read.accountID == account && read.hash == token.hash)
        for purpose in AccountLinkCreated.Purpose.allCases where purpose != .verifyEmail {
            #expect(AccountLinkToken(token.text, purpose, ring: ring) == nil)
        }
        #expect(AccountLinkToken(token.text, .verifyEmail, ring: other) == nil)
        #expect(InvitationToken(token.text.replacing("lnk1.", with: "inv1."), ring: ring) == nil)
        for garbage in ["", "lnk1.", "lnk1", "lnk2." + token.text.dropFirst(5), token.text + "A", String(token.text.dropLast())] {
            #expect(AccountLinkToken(garbage, .verifyEmail, ring: ring) == nil)
        }
        #expect(AccountLinkToken(account, .verifyEmail, ring: ring).text != token.text)
    }
}
