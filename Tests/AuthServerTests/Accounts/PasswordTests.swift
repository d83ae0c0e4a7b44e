import ContractKit
import Foundation
import ServiceKit
import Testing

@testable import AuthServer

@Suite struct PasswordTests {
    static let old = "2025 \(Data(repeating: 1, count: 32).base64EncodedString())"
    static let new = "2026 \(Data(repeating: 2, count: 32).base64EncodedString())"

    private let here = NetworkPlace("203.0.113.9")

    private func hasher(_ peppers: String = Self.old, cost: Int = 4, queueLimit: Int = 20) throws -> PasswordHasher {
        PasswordHasher(peppers: try Peppers(peppers), cost: cost, queueLimit: queueLimit)
    }

    @Test func aPasswordIsItsOwnAndNoOther() async throws {
        let hasher = try hasher()
        let hash = try await hasher.hash("correct horse battery", from: here)
        #expect(hash.text.wholeMatch(of: /\$2b\$04\$[.\/A-Za-z0-9]{53}/) != nil)
        #expect(hash.pepperID == "2025")
        #expect(try await hasher.verify("correct horse battery", against: hash, from: here) == .right(isOutdated: false))
        #expect(try await hasher.verify("correct horse batterz", against: hash, from: here) == .wrong)
        #expect(try await hasher.verify("correct horse battery", against: nil, from: here) == .wrong)
        #expect(try await hasher.hash("correct horse battery", from: here) != hash)
    }

    @Test func everyCharacterOfALongPasswordCounts() async throws {
        let hasher = try hasher()
        let long = String(repeating: "ы", count: 500)
        let hash = try await hasher.hash(long, from: here)
        #expect(try await hasher.verify(long, against: hash, from: here) == .right(isOutdated: false))
        #expect(try await hasher.verify(long + "ы", against: hash, from: here) == .wrong)
        #expect(try await hasher.verify(String(long.dropLast()), against: hash, from: here) == .wrong)
    }

    @Test func oneKeyboardsComposedLetterIsAnothersTwo() async throws {
        let hasher = try hasher()
        let hash = try await hasher.hash("caf\u{E9} au lait", from: here)
        #expect(try await hasher.verify("cafe\u{301} au lait", against: hash, from: here) == .right(isOutdated: false))
    }

    @Test func anOldPepperOrCostStillChecksAndIsOutdated() async throws {
        let hash = try await hasher().hash("correct horse battery", from: here)
        #expect(
            try await hasher("\(Self.new)\n\(Self.old)").verify("correct horse battery", against: hash, from: here)
                == .right(isOutdated: true))
        #expect(try await hasher(cost: 5).verify("correct horse battery", against: hash, from: here) == .right(isOutdated: true))
        // Without the pepper the hash is of no use, and that is not the password's fault.
        await #expect(throws: HashingFailed.self) { try await hasher(Self.new).verify("correct horse battery", against: hash, from: here) }
    }

    @Test func theCostIsInTheSalt() {
        #expect(Bcrypt.setting(cost: 12, salt: [UInt8](repeating: 0, count: 16))?.hasPrefix("$2b$12$") == true)
        #expect(Bcrypt.hash(Array("x".utf8), by: "*0") == nil)
        #expect(Bcrypt.hash(Array("x".utf8), by: "$2b$99$......................") == nil)
    }

    @Test func aFullQueueAsksToComeBack() async throws {
        let hasher = try hasher(cost: 8, queueLimit: 2)
        let outcomes = await withTaskGroup(of: Problem?.self) { tasks in
            for _ in 0..<12 {
                tasks.addTask {
                    do {
                        _ = try await hasher.hash("correct horse battery", from: here)
                        return nil
                    } catch { return error as? Problem }
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        let refused = outcomes.compactMap { $0 }
        #expect(!refused.isEmpty && refused.count < 12)
        #expect(refused.allSatisfy { $0.isA(.unavailable) && $0.retryAfter == 1 })
        // And then there is room again.
        _ = try await hasher.hash("correct horse battery", from: here)
    }

    @Test(arguments: ["", "# nothing\n", "2025 c2hvcnQ=", "2025"])
    func aWrongPepperFileStopsTheStart(text: String) { #expect(throws: SettingError.self) { try Peppers(text) } }

    @Test func wrongTokenKeysStopTheStart() {
        #expect(throws: SettingError.self) { try SigningKey(#"{"kty":"OKP","crv":"Ed25519","kid":"k","x":"AA"}"#) }
        #expect(throws: SettingError.self) { try TokenKeys.published("{}") }
    }
}
