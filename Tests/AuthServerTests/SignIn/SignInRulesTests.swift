import ContractKit
import FieldEncryption
import Foundation
import Testing

@testable import AuthServer

@Suite struct SignInRulesTests {
    let now = Date(timeIntervalSince1970: 1_772_359_200)

    @Test func fiveFailuresAreFreeThenWaitsDouble() {
        var throttle: SignInThrottle?
        var waits: [Int?] = []
        var time = now
        for _ in 0..<18 {
            throttle = SignInThrottle.after(throttle, failureAt: time)
            waits.append(throttle?.wait(now: time))
            time += Double(throttle?.wait(now: time) ?? 0)
            #expect(throttle?.wait(now: time) == nil)
        }
        #expect(waits == [nil, nil, nil, nil, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
    }

    @Test func aQuietHalfDayIsForgotten() {
        var throttle: SignInThrottle?
        for _ in 0..<9 { throttle = SignInThrottle.after(throttle, failureAt: now) }
        #expect(SignInThrottle.after(throttle, failureAt: now + 13 * 3600).failures == 1)
        #expect(SignInThrottle.after(throttle, failureAt: now + 11 * 3600).failures == 10)
    }

    @Test func anAddressHasItsTriesAndGetsThemBackSlowly() {
        var allowance: AddressAllowance?
        for _ in 0..<60 {
            #expect(AddressAllowance.wait(allowance, now: now) == nil)
            allowance = AddressAllowance.after(allowance, failureAt: now)
        }
        #expect(AddressAllowance.wait(allowance, now: now) == 3)
        #expect(AddressAllowance.wait(allowance, now: now + 3) == nil)
        #expect(allowance?.left(now: now + 60) == 20)
        #expect(allowance?.left(now: now + 86400) == 60)
    }

    @Test func staffAreSignedOutSooner() {
        #expect(LoginSessionLife.of([.owner], remember: false) == LoginSessionLife(idle: 1800, total: 86400))
        #expect(LoginSessionLife.of([.member, .trainer], remember: true) == LoginSessionLife(idle: 86400, total: 7 * 86400))
        #expect(LoginSessionLife.of([.member], remember: true) == LoginSessionLife(idle: 30 * 86400, total: 365 * 86400))
        #expect(LoginSessionLife.of([.member], remember: false).total < LoginSessionLife.of([.member], remember: true).total)
    }

    @Test func aRefreshTokenIsGoodOnce() {
        let (hash, other) = (Data([1]), Data([2]))
        let expected = ExpectedRefresh(counter: 3, hash: hash, expiresAt: now + 60, isEnded: false)
        #expect(expected.judge(counter: 3, hash: hash, now: now) == .good)
        #expect(expected.judge(counter: 2, hash: hash, now: now) == .spent)
        #expect(expected.judge(counter: 3, hash: other, now: now) == .refused)
        #expect(expected.judge(counter: 4, hash: hash, now: now) == .refused)
        #expect(expected.judge(counter: 3, hash: hash, now: now + 60) == .refused)
        #expect(
            ExpectedRefresh(counter: 3, hash: hash, expiresAt: now + 60, isEnded: true).judge(counter: 2, hash: hash, now: now) == .refused)
    }

    @Test func handedOutSecretsCarryWhoTheyAreForAndCannotBeMadeUp() throws {
        let ring = try KeyRing(keys: [("k", Data(repeating: 1, count: 32))])
        let other = try KeyRing(keys: [("k", Data(repeating: 2, count: 32))])
        let (organization, session, person) = (OrganizationID(), LoginSessionID(), PersonID())

        let refresh = RefreshToken(organization, session, counter: 7, ring: ring)
        let read = try #require(RefreshToken(refresh.text, ring: ring))
        #expect(read.organizationID == organization && read.loginSessionID == session && read.counter == 7 && read.hash == refresh.hash)
        #expect(RefreshToken(refresh.text, ring: other) == nil)
        #expect(RefreshToken(refresh.text.replacing(".7.", with: ".6."), ring: ring) == nil)
        #expect(RefreshToken(refresh.text.replacing("\(session)", with: "\(LoginSessionID())"), ring: ring) == nil)
        for garbage in [
            "", "rt1", "rt1...", "rt1.\(session).1.", "rt2" + refresh.text.dropFirst(3), refresh.text + "A",
            String(refresh.text.dropLast()),
        ] {
            #expect(RefreshToken(garbage, ring: ring) == nil)
        }

        let invitation = InvitationToken(organization, person, ring: ring)
        #expect(InvitationToken(invitation.text, ring: ring)?.personID == person)
        #expect(InvitationToken(invitation.text, ring: other) == nil)
        #expect(InvitationToken(refresh.text, ring: ring) == nil)
        #expect(InvitationToken(organization, person, ring: ring).text != invitation.text)
    }
}
