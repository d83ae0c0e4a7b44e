import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct SecondFactorTests {
    private let owner = "iron-temple@example.com"

    @Test("S1-13: sign-in asks for a code, which is good once, and the secret is sealed")
    func signInAsksForACodeThatIsGoodOnce() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let app = try await auth.enrol(made.tokens.accessToken, database)
            let state = try await auth.call(GetSecondFactor(), token: made.tokens.accessToken)
            #expect(state.isEnabled && state.enabledAt != nil && state.recoveryCodesLeft == 10)

            let due = try await auth.due(owner)
            #expect(due.mfaRequired && due.expiresIn == 300 && due.kind == .app)
            // The code of the confirmation is spent.
            #expect(try await problem { try await auth.complete(due, app.code(0)) }?.isA(.invalidSecondFactor) == true)
            let tokens = try await auth.complete(due, app.code(1))
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == made.owner.id)
            #expect(try await problem { try await auth.complete(due, app.code(1)) }?.status == 401)
            #expect(try await problem { try await auth.login(owner, code: app.code(40)) }?.status == 401)
            // Whether there is a second factor is nobody's business who does not know the password.
            #expect(try await problem { try await auth.begin(owner, "wrong") }?.isA(.invalidCredentials) == true)

            let stored = try await database.sql("select encode(secret, 'escape'), encode(secret, 'base64') from auth.second_factors")
            #expect(!stored.contains(app.secret) && !stored.contains(app.totp.secret.base64EncodedString()))
            let codes = try await database.sql("select encode(code_hash, 'escape') from auth.recovery_codes")
            #expect(app.recoveryCodes.allSatisfy { !codes.contains($0) && !codes.contains($0.replacing("-", with: "")) })
        }
    }

    @Test("S4-55, row 37: a recovery code signs in once, however it is typed")
    func aRecoveryCodeSignsInOnce() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let app = try await auth.enrol(made.tokens.accessToken, database)
            #expect(Set(app.recoveryCodes).count == 10)
            let tokens = try await auth.login(owner, code: app.recoveryCodes[3].uppercased())
            #expect(try await auth.call(GetSecondFactor(), token: tokens.accessToken).recoveryCodesLeft == 9)
            #expect(try await problem { try await auth.login(owner, code: app.recoveryCodes[3]) }?.isA(.invalidSecondFactor) == true)
            _ = try await auth.login(owner, code: app.recoveryCodes[4].replacing("-", with: " "))
        }
    }

    @Test("Row 34: of fifty at once with one code one comes in") func ofManyAtOnceWithOneCodeOneComesIn() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let app = try await auth.enrol(made.tokens.accessToken, database)
            for code in [app.code(1), app.recoveryCodes[0]] {
                let due = try await auth.due(owner)
                let statuses = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                    for _ in 0..<50 { tasks.addTask { try await problem { try await auth.complete(due, code) }?.status } }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.count { $0 == nil } == 1 && statuses.count { $0 == 401 || $0 == 423 } == 49)
                try await database.sql("delete from auth.sign_in_failures; delete from auth.sign_in_addresses")
            }
        }
    }

    @Test("Row 34: wrong codes are counted, and the right password does not clear them")
    func wrongCodesAreCountedAndTheRightPasswordDoesNotClearThem() async throws {
        try await withAuth { auth, database in
            let app = try await auth.enrol(try await auth.signUp("iron-temple").tokens.accessToken, database)
            let due = try await auth.due(owner)
            for _ in 0..<5 {
                #expect(try await problem { try await auth.complete(due, app.code(40)) }?.isA(.invalidSecondFactor) == true)
                _ = try await problem { try await auth.due(owner) }
            }
            #expect(try await database.sql("select failures from auth.sign_in_failures").hasPrefix("5"))
            try await database.sql("update auth.sign_in_failures set blocked_until = now() + interval '30 seconds'")
            #expect(try await problem { try await auth.complete(due, app.code(1)) }?.status == 423)
            try await database.sql("update auth.sign_in_failures set blocked_until = now() - interval '1 second'")
            _ = try await auth.complete(due, app.code(1))
            #expect(try await database.sql("select count(*) from auth.sign_in_failures").hasPrefix("0"))
        }
    }

    /// Whoever lost the answer repeats the call with the code they have.
    @Test func aSignInThatCouldNotBeAnsweredSpendsNoCode() async throws {
        try await withAuth { auth, database in
            let app = try await auth.enrol(try await auth.signUp("iron-temple").tokens.accessToken, database)
            let due = try await auth.due(owner)
            try await database.refuseOneAnswer()
            #expect(try await problem { try await auth.complete(due, app.code(1), idempotencyKey: "once") }?.status == 503)
            let tokens = try await auth.complete(due, app.code(1), idempotencyKey: "once")
            #expect(try await auth.complete(due, app.code(1), idempotencyKey: "once") == tokens)
        }
    }

    @Test("Row 35: what stands between password and code opens nothing else, is its account's alone, runs out, and dies with the password")
    func whatStandsBetweenIsWorthLittle() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let app = try await auth.enrol(made.tokens.accessToken, database)
            let due = try await auth.due(owner)
            #expect(try await problem { try await auth.call(GetMe(), token: due.mfaToken) }?.status == 401)
            #expect(
                try await problem { try await auth.refresh(Tokens(accessToken: "", refreshToken: due.mfaToken, expiresIn: 0)) }?.status
                    == 401)

            let parts = due.mfaToken.split(separator: ".").map(String.init)
            let later = String(try #require(Int64(parts[1])) + 60_000)
            let secret = parts[4]
            for bent in [
                "mfa1.\(later).1.0.\(secret)", "mfa1.\(parts[1]).2.0.\(secret)", "mfa1.\(parts[1]).1.1.\(secret)", "mfa1.1.1.0.AA", "mfa1",
            ] {
                let forged = SecondFactorDue(mfaToken: bent, kind: .app, expiresIn: 300)
                #expect(try await problem { try await auth.complete(forged, app.code(1)) }?.isA(.loginExpired) == true)
            }
            // Somebody else's code does not fit, though it is right.
            let other = try await auth.enrol(try await auth.signUp("steel-temple").tokens.accessToken, database)
            #expect(try await problem { try await auth.complete(due, other.code(1)) }?.isA(.invalidSecondFactor) == true)

            try await database.sql("update auth.accounts set version = version + 1")
            #expect(try await problem { try await auth.complete(due, app.code(1)) }?.isA(.loginExpired) == true)
        }
    }

    @Test func aBegunSignInIsOpenForFiveMinutes() throws {
        let ring = try KeyRing(keys: [("k1", Data(repeating: 1, count: 32))])
        let now = Date(timeIntervalSince1970: 1_772_359_200.1234)
        let made = BegunLogin(AccountID(), version: 7, OrganizationID(), remember: true, at: now, ring: ring)
        let read = try #require(BegunLogin(made.text, ring: ring))
        #expect(
            read.accountID == made.accountID && read.organizationID == made.organizationID && read.accountVersion == 7 && read.remember
                && read.at == made.at)
        #expect(read.at >= now && read.isOpen(for: .app, now: now + 299) && !read.isOpen(for: .app, now: now + 301))
    }

    @Test func itTakesThePasswordToEnrolAndBothToChange() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let both = { (password: String, code: String) in
                BothFactors(password: EnteredPassword(rawValue: password)!, code: SecondFactorCode(rawValue: code)!)
            }
            let enrol = { (password: String) in EnrolSecondFactor.Body(password: EnteredPassword(rawValue: password)!) }
            let right = ServiceUnderTest.password.rawValue
            #expect(try await problem { try await auth.call(EnrolSecondFactor(), body: enrol("wrong"), token: token) }?.status == 401)
            // Nothing to confirm or to remove yet.
            let confirm = ConfirmSecondFactor.Body(code: SecondFactorCode(rawValue: "123456")!)
            #expect(try await problem { try await auth.call(ConfirmSecondFactor(), body: confirm, token: token) }?.status == 401)
            #expect(
                try await problem { try await auth.call(RemoveSecondFactor(), body: both(right, "123456"), token: token) }?.status == 401)

            // A secret that was never confirmed is not asked for, and makes way for the next.
            try await auth.verify(database)
            let first = try await auth.call(EnrolSecondFactor(), body: enrol(right), token: token)
            _ = try await auth.login(owner)
            let app = try await auth.enrol(token, database)
            #expect(app.secret != first.secret)
            #expect(
                try await problem { try await auth.call(EnrolSecondFactor(), body: enrol(right), token: token) }?.isA(.secondFactorEnabled)
                    == true)

            #expect(
                try await problem { try await auth.call(ReplaceRecoveryCodes(), body: both("wrong", app.code(1)), token: token) }?.status
                    == 401)
            let codes = try await auth.call(ReplaceRecoveryCodes(), body: both(right, app.code(1)), token: token).codes
            #expect(Set(codes).isDisjoint(with: app.recoveryCodes) && codes.count == 10)
            #expect(try await problem { try await auth.login(owner, code: app.recoveryCodes[0]) }?.status == 401)

            #expect(
                try await problem { try await auth.call(RemoveSecondFactor(), body: both(right, app.code(1)), token: token) }?.status == 401
            )
            _ = try await auth.call(RemoveSecondFactor(), body: both(right, codes[0]), token: token)
            _ = try await auth.login(owner)
            #expect(try await auth.call(GetSecondFactor(), token: token) == SecondFactor(isEnabled: false, recoveryCodesLeft: 0))
        }
    }

    @Test func whoJoinsASecondOrganizationSignsInThereWithTheCodeAsWell() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"))
            let app = try await auth.enrol(iron.tokens.accessToken, database)
            try await database.sql("update auth.accounts set email_verified_at = now()")
            _ = try await auth.addMember("Olive Owner", email: owner, token: steel.tokens.accessToken)
            let body = AcceptInvitation.Body(token: try await auth.invitationToken(in: database), password: ServiceUnderTest.password)
            guard case .secondFactorDue(let due) = try await auth.call(AcceptInvitation(), body: body) else { throw NoSecondFactor() }
            let tokens = try await auth.complete(due, app.code(1))
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).organization.id == steel.organization.id)
        }
    }

    /// A secret that cannot be read must not turn into an empty one, whose codes everybody can compute.
    @Test func aBrokenSecretLetsNobodyIn() async throws {
        try await withAuth { auth, database in
            let app = try await auth.enrol(try await auth.signUp("iron-temple").tokens.accessToken, database)
            let due = try await auth.due(owner)
            let account = try #require(UUID(uuidString: try await database.sql("select account_id from auth.second_factors")))
            let ring = try auth.keys.ring()
            let broken = try ring.seal("?", context: "auth.second_factors/secret/\(AccountID(rawValue: account))").data
            let hex = broken.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            try await database.sql("update auth.second_factors set secret = '\\x\(hex)', last_step = 0")
            let code = TOTP(secret: Data()).code(step: TOTP.step(at: Date()))
            #expect(try await problem { try await auth.complete(due, code) }?.status == 500)
            _ = try await auth.complete(due, app.recoveryCodes[0])
        }
    }

    /// Or whoever signs up with somebody else's address could keep them out of it for good.
    @Test func aFactorIsAddedOnlyToAnAccountWhoseAddressIsProved() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let body = EnrolSecondFactor.Body(password: EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!)
            #expect(
                try await problem { try await auth.call(EnrolSecondFactor(), body: body, token: token) }?.isA(.emailNotVerified) == true)
            try await auth.verify(database)
            _ = try await auth.call(EnrolSecondFactor(), body: body, token: token)
        }
    }
}
