import Crypto
import Foundation

/// What is made up for one sign-in with a provider, each with 256 bits of chance.
struct ProviderSecrets: Sendable {
    /// Comes back through the browser: it was we who asked.
    let state: String
    /// Comes back inside the provider's signed answer: it is for this sign-in.
    let nonce: String
    /// Shown to the provider last: the code that came back is used by whoever asked for it (PKCE).
    let verifier: String

    init() {
        func chance() -> String { SignedSecret.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }) }
        (state, nonce, verifier) = (chance(), chance(), chance())
    }

    /// RFC 7636, S256.
    var challenge: String { SignedSecret.encode(Data(SHA256.hash(data: Data(verifier.utf8)))) }
}
