import AuthContract
import ContractKit
import Crypto
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct BreachedPasswordsTests {
    private func hash(_ password: String) -> String {
        Insecure.SHA1.hash(data: Data(password.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
    }

    /// As the download has them: sorted, each with how often it was seen.
    private func list(_ passwords: [String], lineEnd: String = "\r\n") -> String {
        passwords.map(hash).sorted().enumerated().map { "\($1):\($0 * 7919 % 100_000)" }.joined(separator: lineEnd)
    }

    @Test(arguments: ["\n", "\r\n"], [1, 2, 3, 10, 1000]) func whatIsInTheListIsFoundAndNothingElse(
        lineEnd: String, count: Int
    ) async throws {
        try await withTemporaryDirectory { files in
            let stolen = (0..<count).map { "stolen password \($0)" }
            for text in [
                list(stolen, lineEnd: lineEnd), list(stolen, lineEnd: lineEnd) + lineEnd, list(stolen, lineEnd: lineEnd).lowercased(),
            ] {
                let breached = try BreachedPasswords(file: try files.write(text, to: "\(UUID())").path)
                for password in stolen { #expect(breached.holds(password), "\(password)") }
                for number in 0..<200 { #expect(!breached.holds("another password \(number)")) }
            }
        }
    }

    @Test func aFileThatIsNoListStopsTheStart() async throws {
        try await withTemporaryDirectory { files in
            for text in ["", "password123\n", String(repeating: "z", count: 100)] {
                let path = try files.write(text, to: "\(UUID())").path
                #expect(throws: SettingError.self) { try BreachedPasswords(file: path) }
            }
            #expect(throws: SettingError.self) { try BreachedPasswords(file: files.url("missing").path) }
        }
    }

    /// Whatever stands in it, looking comes to an end.
    @Test func anUnsortedFileIsSearchedToAnEnd() async throws {
        try await withTemporaryDirectory { files in
            let hashes = (0..<100).map { hash("\($0)") }
            for text in [hashes.joined(), hashes.reversed().joined(separator: "\n"), hash("0") + String(repeating: "\n", count: 500)] {
                let breached = try BreachedPasswords(file: try files.write(text, to: "\(UUID())").path)
                for number in 0..<200 { _ = breached.holds("\(number)") }
            }
        }
    }

    @Test("Row 27: a password in the installation's list of stolen ones is refused") func aStolenPasswordIsRefused() async throws {
        try await withTemporaryDirectory { files in
            let path = try files.write(list(["a horse of another colour", "tr0ub4dor and 3"]), to: "list").path
            try await withDatabase(.auth) { database in
                try await withService(AuthService.self, database: database, settings: ["BREACHED_PASSWORDS_FILE": path]) { auth in
                    let token = try await auth.signUp("iron-temple").tokens.accessToken
                    let old = ServiceUnderTest.password.rawValue
                    let refused = try await problem { try await auth.changePassword(old, to: "a horse of another colour", token: token) }
                    #expect(refused?.errors?.map(\.pointer) == ["#/password"])
                    _ = try await auth.changePassword(old, to: "a horse of another color", token: token)
                }
            }
        }
    }
}
