import Crypto
import Foundation

/// What an authenticator says of itself and of what it did, which its signature covers (WebAuthn 6.1).
struct AuthenticatorData: Sendable {
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// Somebody was there.
        static let userPresent = Flags(rawValue: 1)
        /// It checked who it was.
        static let userVerified = Flags(rawValue: 4)
        static let mayBeBackedUp = Flags(rawValue: 8)
        static let isBackedUp = Flags(rawValue: 16)
        static let hasCredential = Flags(rawValue: 64)
        static let hasExtensions = Flags(rawValue: 128)
    }

    struct Credential: Sendable {
        let id: Data
        let key: CBOR
    }

    /// SHA-256 of whom it is for.
    let relyingPartyHash: Data
    let flags: Flags
    /// Of its signatures with the credential; stays 0 where it counts none.
    let signCount: UInt32
    /// Of a new credential only.
    let credential: Credential?

    /// - Throws: Unless that is all that the bytes say.
    init(_ data: Data) throws(CBORReader.Malformed) {
        var reader = CBORReader(data)
        relyingPartyHash = Data(try reader.take(32))
        flags = Flags(rawValue: try reader.take(1).first ?? 0)
        signCount = try reader.take(4).reduce(0) { $0 << 8 | UInt32($1) }
        if flags.contains(.hasCredential) {
            // The kind of authenticator: nothing depends on it.
            _ = try reader.take(16)
            let length = try reader.take(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            credential = Credential(id: Data(try reader.take(length)), key: try reader.value())
        } else {
            credential = nil
        }
        if flags.contains(.hasExtensions) {
            guard case .map = try reader.value() else { throw CBORReader.Malformed() }
        }
        guard reader.isAtEnd else { throw CBORReader.Malformed() }
    }
}

extension CBOR {
    /// The key of ES256 that this is in COSE's words, with no word more; nil for any other, and for one that is no point of the curve.
    var es256: P256.Signing.PublicKey? {
        guard case .map(let members) = self, members.count == 5, members[.integer(1)] == .integer(2), members[.integer(3)] == .integer(-7),
            members[.integer(-1)] == .integer(1), let x = members[.integer(-2)]?.bytes, let y = members[.integer(-3)]?.bytes,
            x.count == 32, y.count == 32
        else { return nil }
        return try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
    }
}
