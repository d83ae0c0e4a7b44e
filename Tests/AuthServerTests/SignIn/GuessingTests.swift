import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

/// Guessing at speed: what is beyond the limits is refused at once, and others sign in all the same.
@Suite struct GuessingTests {
    @Test("Row 22: two hundred addresses that guess for one account do not keep others from signing in")
    func guessingForOneAccountLeavesOthersAlone() async throws {
        try await flood { ("victim@example.com", "198.51.100.\($0)") }
    }

    @Test("Row 23: one address that guesses for two hundred accounts does not keep others from signing in")
    func guessingFromOneAddressLeavesOthersAlone() async throws {
        try await flood { ("nobody-\($0)@example.com", "198.51.100.1") }
    }

    /// Somebody signs in from elsewhere as soon as a guess is refused because too many are made.
    private func flood(_ guess: @escaping @Sendable (Int) -> (email: String, address: String)) async throws {
        try await withDatabase(.auth) { database in
            // Dear enough for a queue to form.
            try await withService(AuthService.self, database: database, settings: ["PASSWORD_COST": "9"]) { auth in
                _ = try await auth.signUp("iron-temple")
                _ = try await auth.signUp("steel-temple", email: "victim@example.com")
                var guessers: [RawClient] = []
                for _ in 0..<200 { guessers.append(try await RawClient(auth.port)) }
                defer { for guesser in guessers { guesser.close() } }
                for (number, guesser) in guessers.enumerated() { guesser.send(Self.login(guess(number))) }
                try await eventually { guessers.contains { [429, 503].contains($0.status) } }

                let other = try await auth.signIn("iron-temple@example.com", ServiceUnderTest.password.rawValue, from: "203.0.113.9")
                #expect(other.status == 200, "\(other.text)")
                try await eventually { guessers.allSatisfy { $0.status != nil } }
                let statuses = Set(guessers.compactMap(\.status))
                #expect(statuses.isSuperset(of: [401, 429]) && statuses.isSubset(of: [401, 423, 429]), "\(statuses)")
            }
        }
    }

    private static func login(_ guess: (email: String, address: String)) -> String {
        let body = #"{"email":"\#(guess.email)","password":"wrong"}"#
        return "POST /v1/auth/login HTTP/1.1\r\nHost: auth\r\nContent-Type: application/json\r\nX-Forwarded-For: \(guess.address)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("Row 22: guesses side by side learn no more than one by one") func guessesSideBySideLearnNoMoreThanOneByOne() async throws {
        try await withAuth { auth, database in
            _ = try await auth.signUp("iron-temple")
            var judged = 0
            while try await !database.sql("select count(*) from auth.sign_in_failures where blocked_until is not null").hasPrefix("1") {
                judged += try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for number in 0..<16 {
                        tasks.addTask { try await auth.signIn("iron-temple@example.com", "wrong", from: "198.51.100.\(number)").status }
                    }
                    return try await tasks.reduce(into: 0) { $0 += $1 == 401 ? 1 : 0 }
                }
            }
            // On a slow machine the first second of waiting may pass, and with it one more try.
            #expect((5...6).contains(judged))
        }
    }

    /// With a thread for hashing of its own, that a test may hold.
    private func passwordCheck(_ auth: ServiceUnderTest, cost: Int) throws -> PasswordCheck {
        let ring = try auth.keys.ring()
        let peppers = try Peppers(String(contentsOfFile: auth.keys.settings["PASSWORD_PEPPER_FILE"]!, encoding: .utf8))
        return PasswordCheck(
            database: auth.database, accounts: AccountStore(ring: ring), secondFactors: SecondFactorStore(ring: ring),
            throttles: SignInThrottleStore(ring: ring), passwords: PasswordHasher(peppers: peppers, cost: cost))
    }

    private static let nobody = SignInName.email(EmailAddress(rawValue: "nobody@example.com")!)

    @Test func whoWaitedLongForTheirTurnWaitsNoLessForTheNext() async throws {
        try await withAuth { auth, database in
            let check = try passwordCheck(auth, cost: 4)
            @Sendable func guess(_ number: Int) async throws {
                await #expect(throws: Problem.self) {
                    try await check.proof(Self.nobody, "wrong", from: NetworkPlace("198.51.100.\(number)"), now: Date())
                }
            }
            for number in 1..<SignInThrottle.freeFailures { try await guess(number) }
            let (last, turn) = try await withHeld(check.passwords.thread) { _ in
                let last = Task { try await guess(0) }
                try await eventually { check.passwords.thread.waiting == 1 }
                let came = Date()
                try await eventually { Date() > came + 0.1 }
                return (last, Date())
            }
            try await last.value
            let until = try #require(
                Double(try await database.sql("select extract(epoch from blocked_until) from auth.sign_in_failures")))
            #expect(until > turn.timeIntervalSince1970 + 0.99, "a second from the answer, not from when the call came")
        }
    }

    @Test func whoHangsUpBeforeTheAnswerHasHadTheirTry() async throws {
        try await withAuth { auth, database in
            // Dear enough for the client to be gone before the hash is made.
            let check = try passwordCheck(auth, cost: 11)
            let passwords = check.passwords
            let guess = try await withHeld(passwords.thread) { _ in
                let guess = Task { try await check.proof(Self.nobody, "wrong", from: NetworkPlace("198.51.100.1"), now: Date()) }
                try await eventually { passwords.thread.waiting == 1 }
                return guess
            }
            try await eventually { passwords.thread.waiting == 0 }
            guess.cancel()
            await #expect(throws: (any Error).self) { try await guess.value }
            #expect(try await database.sql("select failures from auth.sign_in_failures").hasPrefix("1"))
        }
    }

    @Test func aNetworkOfIPv6AddressesHasTheTriesOfOne() async throws {
        try await withAuth { auth, database in
            #expect(try await auth.signIn("nobody@example.com", "wrong", from: "2001:db8:0:1::1").status == 401)
            try await database.sql("update auth.sign_in_addresses set tries = 0, counted_at = now()")
            #expect(try await auth.signIn("somebody@example.com", "wrong", from: "2001:db8:0:1:a::2").status == 429)
            #expect(try await auth.signIn("somebody@example.com", "wrong", from: "2001:db8:0:2::1").status == 401)
        }
    }
}

extension RawClient {
    fileprivate var status: Int? { text.firstMatch(of: #/HTTP/1\.1 (\d{3}) /#).flatMap { Int($0.1) } }
}

extension ServiceUnderTest {
    fileprivate func signIn(_ email: String, _ password: String, from address: String) async throws -> RawAnswer {
        try await request(
            "POST", "/v1/auth/login", headers: ["X-Forwarded-For": address], json: #"{"email":"\#(email)","password":"\#(password)"}"#)
    }
}
