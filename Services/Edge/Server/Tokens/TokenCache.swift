import Crypto
import Foundation

/// Tokens verified lately on one event loop, by their SHA-256: the signature check costs far more than the hash, and the
/// token itself is not kept. Two generations bound the memory.
struct TokenCache {
    private var recent: [SHA256.Digest: AccessToken] = [:]
    private var older: [SHA256.Digest: AccessToken] = [:]
    private var keys = 0
    private let capacity: Int

    init(capacity: Int = 8192) { self.capacity = capacity }

    mutating func token(_ text: Substring, keys current: TokenKeys, ended: EndedSessions, now: Date) throws(TokenRefusal) -> AccessToken {
        let (verifier, generation) = current.current
        if generation != keys {
            (recent, older, keys) = ([:], [:], generation)
        }
        let digest = SHA256.hash(data: Array(text.utf8))
        let token: AccessToken
        if let known = recent[digest] ?? older[digest] {
            token = known
        } else {
            token = try verifier.verify(text, now: now)
        }
        guard token.expires > now else { throw .expired }
        guard !ended.contains(token.loginSessionID) else { throw .sessionEnded }
        if recent[digest] == nil {
            if recent.count >= capacity { (older, recent) = (recent, [:]) }
            recent[digest] = token
        }
        return token
    }
}
