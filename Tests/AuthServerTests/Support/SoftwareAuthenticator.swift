import AuthContract
import ContractKit
import Crypto
import Foundation

/// What sits in somebody's telephone: makes a passkey and signs with it, as well or as badly as it is told to.
struct SoftwareAuthenticator: Sendable {
    var key = P256.Signing.PrivateKey()
    var credentialID = Data((0..<32).map { _ in UInt8.random(in: 0...255) })
    var userHandle = Base64URL(Data([0]))
    var signCount: UInt32 = 0
    /// Somebody was there and was verified; it may be backed up, and is.
    var flags: UInt8 = 0x1d
    var origin = "http://127.0.0.1"
    var relyingPartyID = "127.0.0.1"
    /// In place of what belongs there.
    var kind: String?
    var moreClientData = #","crossOrigin":false"#
    var extensions = Data()
    var cose: Data?
    /// Behind everything else that the authenticator says.
    var tail = Data()
    var format = "none"
    var statement = Data([0xa0])

    mutating func register(_ begun: BeginPasskeyRegistration.Output, as name: Line = "Telephone") -> RegisterPasskey.Body {
        userHandle = begun.userID
        return RegisterPasskey.Body(
            name: name, credentialID: Base64URL(credentialID), clientData: clientData(begun.challenge, "webauthn.create"),
            attestationObject: Base64URL(attestation))
    }

    func sign(_ challenge: Base64URL) throws -> PasskeyAnswer {
        let (client, said) = (clientData(challenge, "webauthn.get"), authenticatorData + extensions + tail)
        let signature = try key.signature(for: said + Data(SHA256.hash(data: client.data)))
        return PasskeyAnswer(
            credentialID: Base64URL(credentialID), clientData: client, authenticatorData: Base64URL(said),
            signature: Base64URL(signature.derRepresentation), userHandle: userHandle)
    }

    var attestation: Data {
        let length = Data([UInt8(credentialID.count >> 8), UInt8(credentialID.count & 255)])
        var said = authenticatorData
        said[32] |= 0x40
        let data = said + Data(repeating: 7, count: 16) + length + credentialID + (cose ?? Self.cose(key.publicKey)) + extensions + tail
        return Data([0xa3]) + Self.text("fmt") + Self.text(format) + Self.text("attStmt") + statement + Self.text("authData")
            + Self.bytes(data)
    }

    private var authenticatorData: Data {
        Data(SHA256.hash(data: Data(relyingPartyID.utf8))) + Data([flags | (extensions.isEmpty ? 0 : 0x80)])
            + withUnsafeBytes(of: signCount.bigEndian) { Data($0) }
    }

    private func clientData(_ challenge: Base64URL, _ usual: String) -> Base64URL {
        Base64URL(
            Data(#"{"type":"\#(kind ?? usual)","challenge":"\#(challenge)","origin":"\#(origin)"\#(moreClientData)}"#.utf8))
    }

    static func cose(_ key: P256.Signing.PublicKey, algorithm: UInt8 = 0x26, curve: UInt8 = 1) -> Data {
        let point = key.rawRepresentation
        return Data([0xa5, 1, 2, 3, algorithm, 0x20, curve, 0x21]) + bytes(Data(point.prefix(32))) + Data([0x22])
            + bytes(Data(point.suffix(32)))
    }

    private static func text(_ text: String) -> Data { Data([0x60 | UInt8(text.utf8.count)]) + Data(text.utf8) }

    static func bytes(_ data: Data) -> Data {
        switch data.count {
        case 0..<24: Data([0x40 | UInt8(data.count)]) + data
        case 24..<256: Data([0x58, UInt8(data.count)]) + data
        default: Data([0x59, UInt8(data.count >> 8), UInt8(data.count & 255)]) + data
        }
    }
}
