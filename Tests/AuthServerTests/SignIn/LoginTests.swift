import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct LoginTests {
    @Test("S0-15, S2-02, S3-03: the right password signs in, and any other does not")
    func theRightPasswordSignsInAndAnyOtherDoesNot() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let tokens = try await auth.login("Iron-Temple@EXAMPLE.com")
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == made.owner.id)

            let wrong = try await problem { try await auth.login("iron-temple@example.com", "x") }
            let unknown = try await problem { try await auth.login("nobody@example.com") }
            let elsewhere = try await problem { try await auth.login("iron-temple@example.com", organization: "steel-temple") }
            // Whether there is such an account cannot be told from the answer.
            #expect(wrong == unknown && wrong == elsewhere)
            #expect(wrong?.isA(.invalidCredentials) == true && wrong?.status == 401)

            // Another one with the same password has another hash.
            _ = try await auth.signUp("steel-temple")
            let hashes = try await database.sql("select password_hash, pepper_kid from auth.accounts").split(separator: "\n")
            #expect(hashes.count == 2 && Set(hashes).count == 2)
            for hash in hashes { #expect(hash.wholeMatch(of: /\$2b\$04\$[.\/A-Za-z0-9]{53}\|p1/) != nil) }
        }
    }

    @Test("S1-16, S3-05: the last login moves forward with each successful login, and with nothing else")
    func theLastLoginMovesForward() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            func last() async throws -> Date { try #require(try await auth.call(GetMe(), token: tokens.accessToken).lastLoginAt) }
            let first = try await last()
            _ = try await problem { try await auth.login("iron-temple@example.com", "wrong") }
            _ = try await problem { try await auth.login("iron-temple@example.com", organization: "steel-temple") }
            _ = try await auth.refresh(tokens)
            #expect(try await last() == first)
            _ = try await auth.login("iron-temple@example.com")
            let second = try await last()
            #expect(second > first)
            // Another replica's clock is ahead.
            try await database.sql("update auth.accounts set last_login_at = last_login_at + interval '1 hour'")
            _ = try await auth.login("iron-temple@example.com")
            #expect(try await last() >= second + 3599)
        }
    }

    @Test(
        "S3-06, row 21: guessing gets slow whether or not there is an account",
        arguments: ["iron-temple@example.com", "nobody@example.com"])
    func guessingGetsSlowWhetherOrNotThereIsAnAccount(email: String) async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            for _ in 0..<5 { #expect(try await problem { try await auth.login(email, "wrong") }?.status == 401) }
            #expect(try await database.sql("select blocked_until - last_failure_at from auth.sign_in_failures").hasPrefix("00:00:01"))
            // Longer, so that a slow machine does not sit the wait out.
            try await database.sql("update auth.sign_in_failures set blocked_until = now() + interval '30 seconds'")
            let answer = try await auth.request("POST", "/v1/auth/login", json: #"{"email":"\#(email)","password":"wrong"}"#)
            #expect(try answer.status == 423 && answer.problem.isA(.accountLocked))
            #expect((1...31).contains(Int(answer.headers["retry-after"] ?? "") ?? 0))
            // The right one waits as well.
            let right = try await problem { try await auth.login(email) }
            #expect(right?.status == 423 && (1...31).contains(right?.retryAfter ?? 0))

            try await database.sql("update auth.sign_in_failures set blocked_until = now() - interval '1 second'")
            if email.hasPrefix("iron") {
                _ = try await auth.login(email)
                #expect(try await database.sql("select count(*) from auth.sign_in_failures").hasPrefix("0"))
            } else {
                #expect(try await problem { try await auth.login(email, "wrong") }?.status == 401)
                #expect(try await database.sql("select blocked_until - last_failure_at from auth.sign_in_failures").hasPrefix("00:00:02"))
            }
        }
    }

    @Test func oneAddressRunsOutOfWrongTriesButNotOfRightOnes() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            #expect(try await problem { try await auth.login("nobody@example.com", "wrong") }?.status == 401)
            try await database.sql("update auth.sign_in_addresses set tries = 0, counted_at = now()")
            let refused = try await problem { try await auth.login("somebody@example.com", "wrong") }
            #expect(refused?.isA(.rateLimited) == true && (1...3).contains(refused?.retryAfter ?? 0))
            let elsewhere = try await auth.request(
                "POST", "/v1/auth/login", headers: ["X-Forwarded-For": "203.0.113.9"],
                json: #"{"email":"iron-temple@example.com","password":"correct horse battery"}"#)
            #expect(elsewhere.status == 200)
        }
    }

    @Test func whoIsInTwoOrganizationsChoosesOrGoesWhereTheyWereLast() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"))
            // The owner of one is a member of the other.
            let member = try await auth.addMember("Olive Owner", email: "iron-temple@example.com", token: steel.tokens.accessToken)
            try await database.sql(
                """
                update auth.people set account_id = (select account_id from auth.people where person_id = '\(iron.owner.id)')
                where person_id = '\(member.id)'
                """)

            let there = try await auth.login("iron-temple@example.com", organization: "steel-temple")
            let me = try await auth.call(GetMe(), token: there.accessToken)
            #expect(me.person.id == member.id && me.roles == [.member] && me.organization.id == steel.organization.id)
            let again = try await auth.login("iron-temple@example.com")
            #expect(try await auth.call(GetMe(), token: again.accessToken).person.id == member.id)
            let back = try await auth.login("iron-temple@example.com", organization: "iron-temple")
            #expect(try await auth.call(GetMe(), token: back.accessToken).person.id == iron.owner.id)
        }
    }

    @Test func anOldHashIsRenewedAtSignIn() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            let hasher = PasswordHasher(
                peppers: try Peppers(String(contentsOfFile: auth.keys.settings["PASSWORD_PEPPER_FILE"]!, encoding: .utf8)), cost: 5)
            let dear = try await hasher.hash("correct horse battery", from: NetworkPlace("")).text
            try await database.sql("update auth.accounts set password_hash = '\(dear)'")
            _ = try await auth.login("iron-temple@example.com")
            #expect(try await database.sql("select password_hash from auth.accounts").hasPrefix("$2b$04$"))
            _ = try await auth.login("iron-temple@example.com")
        }
    }
}
