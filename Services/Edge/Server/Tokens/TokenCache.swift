import Crypto
import Foundation

/// Tokens verified lately on one event loop, by their SHA-256: the signature check costs far more than the hash, and the
/// token itself is not kept. Two generations bound the memory.
struct TokenCache {
    private var recent: [Key: AccessToken] = [:]
    private var older: [Key: AccessToken] = [:]
    private var keys = 0
    private let capacity: Int

    init(capacity: Int = 8192) { self.capacity = capacity }

    mutating func token(_ text: Substring, keys current: TokenKeys, ended: EndedSessions, now: Date) throws(TokenRefusal) -> AccessToken {
        let generation = current.generation
        if generation != keys {
            (recent, older, keys) = ([:], [:], generation)
        }
        let key = Key(text)
        if let known = recent[key] { return try usable(known, ended, now) }
        let found = if let known = older[key] { known } else { try current.verifier.verify(text, now: now) }
        let token = try usable(found, ended, now)
        if recent.count >= capacity { (older, recent) = (recent, [:]) }
        recent[key] = token
        return token
    }

    private func usable(_ token: AccessToken, _ ended: EndedSessions, _ now: Date) throws(TokenRefusal) -> AccessToken {
        guard token.expires > now else { throw .expired }
        guard !ended.contains(token.loginSessionID) else { throw .sessionEnded }
        return token
    }

    /// The SHA-256 of a token, in words: nobody can choose its bits, so that one of them tells apart as well as all.
    private struct Key: Hashable {
        private let words: (UInt64, UInt64, UInt64, UInt64)

        init(_ text: Substring) {
            var text = text
            let digest = text.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
            words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
        }

        static func == (one: Key, other: Key) -> Bool { one.words == other.words }
        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }
}
