import ContractKit
import Foundation

/// Hashes passwords one at a time on a thread of its own, so that signing in never starves other requests; who asks from different
/// places takes turns, so that nobody starves others' signing in.
///
/// At cost 12 a hash takes a fifth of a second: a long queue would only make everybody wait for an answer that comes too late.
final class PasswordHasher: Sendable {
    enum Verdict: Sendable, Equatable {
        case wrong
        /// `isOutdated`: made with another cost or pepper than new ones.
        case right(isOutdated: Bool)
    }

    private let peppers: Peppers
    private let cost: Int
    let thread: HashingThread

    init(peppers: Peppers, cost: Int, queueLimit: Int = 20, limitPerPlace: Int = 10) {
        self.peppers = peppers
        self.cost = cost
        thread = HashingThread(limit: queueLimit, limitPerLine: limitPerPlace)
    }

    /// - Throws: ``Problem`` `.rateLimited` when too many from this place wait already, `.unavailable` when too many do.
    func hash(_ password: String, from place: NetworkPlace) async throws -> PasswordHash {
        try await thread.run(from: place) { [peppers, cost] in
            var generator = SystemRandomNumberGenerator()
            let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard let phrase = peppers.phrase(password, pepperID: peppers.current), let setting = Bcrypt.setting(cost: cost, salt: salt),
                let text = Bcrypt.hash(phrase, by: setting)
            else { throw HashingFailed() }
            return PasswordHash(text: text, pepperID: peppers.current)
        }
    }

    /// Takes as long for no account at all (`nil`) as for one: time tells nobody who has an account.
    ///
    /// - Throws: as ``hash(_:from:)``.
    func verify(_ password: String, against stored: PasswordHash?, from place: NetworkPlace) async throws -> Verdict {
        try await thread.run(from: place) { [peppers, cost] in
            guard let stored else {
                guard let phrase = peppers.phrase(password, pepperID: peppers.current),
                    let setting = Bcrypt.setting(cost: cost, salt: [UInt8](repeating: 7, count: 16))
                else { throw HashingFailed() }
                _ = Bcrypt.hash(phrase, by: setting)
                return .wrong
            }
            guard let phrase = peppers.phrase(password, pepperID: stored.pepperID), let hash = Bcrypt.hash(phrase, by: stored.text) else {
                throw HashingFailed()
            }
            guard constantTimeEqual(Data(hash.utf8), Data(stored.text.utf8)) else { return .wrong }
            return .right(isOutdated: stored.cost != cost || stored.pepperID != peppers.current)
        }
    }
}

/// libcrypt refused, or the pepper of a stored hash is gone from the file.
struct HashingFailed: Error {}

/// Compares without telling by time where the first difference is.
func constantTimeEqual(_ left: Data, _ right: Data) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
