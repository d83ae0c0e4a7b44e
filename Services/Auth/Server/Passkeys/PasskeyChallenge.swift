import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// `pkc1.<milliseconds>.<secret>`: what an authenticator signs, once and within five minutes.
///
/// Nothing is kept of it until it was used: whoever asks for many fills no table.
struct PasskeyChallenge: Sendable {
    enum Use: Sendable, Equatable {
        /// By whoever is signed in to the account by this very login session.
        case registration(AccountID, LoginSessionID)
        case signIn

        fileprivate var ids: [UUID] {
            switch self {
            case .registration(let account, let session): [account.rawValue, session.rawValue]
            case .signIn: []
            }
        }
        fileprivate var purpose: String {
            switch self {
            case .registration: "auth.passkey/registration"
            case .signIn: "auth.passkey/sign-in"
            }
        }
    }

    /// In seconds.
    static let lifetime = 300.0

    let expiresAt: Date
    let text: String

    var hash: Data { SignedSecret.hash(text) }
    /// As the authenticator gets it.
    var encoded: Base64URL { Base64URL(Data(text.utf8)) }

    init(_ use: Use, at now: Date, ring: KeyRing) {
        let milliseconds = Int64((now.timeIntervalSince1970 * 1000).rounded())
        text = SignedSecret("pkc1", ["\(milliseconds)"], ids: use.ids, purpose: use.purpose, ring: ring).text
        expiresAt = Self.end(milliseconds)
    }

    /// Nil for what was never given out for this use.
    init?(encoded: String, _ use: Use, ring: KeyRing) {
        guard let bytes = Base64URL(rawValue: encoded)?.data, let text = String(validating: bytes, as: UTF8.self),
            let secret = SignedSecret(text, "pkc1", fieldCount: 1, idCount: use.ids.count, purpose: use.purpose, ring: ring),
            secret.ids == use.ids, let milliseconds = Int64(secret.fields[0])
        else { return nil }
        self.text = text
        expiresAt = Self.end(milliseconds)
    }

    private static func end(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000 + lifetime) }
}
