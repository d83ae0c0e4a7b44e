import AuthContract
import ContractKit
import Crypto
import FieldEncryption
import Foundation
import ServiceKit

/// Why a passkey is refused. Clients are not told which.
enum PasskeyRefusal: Error {
    case malformed, kind, challenge, origin, relyingParty, presence, algorithm, credential, signature, owner, counter, backup
}

/// What a new passkey is known by.
struct NewPasskey: Sendable {
    var credentialID: Data
    var key: P256.Signing.PublicKey
    var signCount: UInt32
    var flags: AuthenticatorData.Flags
}

/// We, as authenticators know us, and what we take from them: WebAuthn level 3, 7.1 and 7.2, with ES256, user verification and no
/// attestation.
struct RelyingParty: Sendable {
    static let name = "Palestra"
    static let algorithm = -7

    /// A domain: passkeys are good there and below.
    let id: String
    /// The pages that may ask for them.
    let origins: Set<String>
    let ring: KeyRing

    /// - Throws: ``SettingError``.
    init(_ settings: Settings, ring: KeyRing) throws {
        let publicURL = try settings.string("PUBLIC_URL")
        guard let address = URLComponents(string: publicURL), let scheme = address.scheme, let host = address.host else {
            throw SettingError("PUBLIC_URL is no address")
        }
        let id = try settings.string("WEBAUTHN_RP_ID", default: host)
        origins = Set(
            try settings.list("WEBAUTHN_ORIGINS", default: ["\(scheme)://\(host)\(address.port.map { ":\($0)" } ?? "")"]))
        for origin in origins where origin.hasPrefix("http") {
            guard let page = URLComponents(string: origin), page.path.isEmpty, let host = page.host, host == id || host.hasSuffix(".\(id)")
            else { throw SettingError("WEBAUTHN_ORIGINS: \(origin) is no origin of \(id)") }
        }
        self.id = id
        self.ring = ring
    }

    /// What an authenticator made of a challenge.
    ///
    /// An attestation says who built the authenticator. None is asked for, and what comes is read and passed over: any that its owner trusts
    /// will do.
    func registration(
        _ body: RegisterPasskey.Body, _ use: PasskeyChallenge.Use, now: Date
    ) throws(PasskeyRefusal) -> (passkey: NewPasskey, challenge: PasskeyChallenge) {
        let challenge = try check(body.clientData.data, .create, use, now: now)
        guard case .map(let object)? = try? CBORReader.value(body.attestationObject.data), object.count == 3,
            case .text? = object[.text("fmt")], case .map? = object[.text("attStmt")], let bytes = object[.text("authData")]?.bytes
        else { throw .malformed }
        let data = try authenticatorData(bytes)
        guard let credential = data.credential else { throw .malformed }
        guard (16...1023).contains(credential.id.count), credential.id == body.credentialID.data else { throw .credential }
        guard let key = credential.key.es256 else { throw .algorithm }
        return (NewPasskey(credentialID: credential.id, key: key, signCount: data.signCount, flags: data.flags), challenge)
    }

    /// That a passkey signed a challenge of ours.
    func assertion(
        _ answer: PasskeyAnswer, by key: P256.Signing.PublicKey, now: Date
    ) throws(PasskeyRefusal) -> (data: AuthenticatorData, challenge: PasskeyChallenge) {
        let challenge = try check(answer.clientData.data, .get, .signIn, now: now)
        let data = try authenticatorData(answer.authenticatorData.data)
        guard data.credential == nil else { throw .malformed }
        let signed = answer.authenticatorData.data + Data(SHA256.hash(data: answer.clientData.data))
        guard answer.signature.data.count <= 72,
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: answer.signature.data),
            key.isValidSignature(signature, for: signed)
        else { throw .signature }
        return (data, challenge)
    }

    private func check(
        _ bytes: Data, _ kind: ClientData.Kind, _ use: PasskeyChallenge.Use, now: Date
    ) throws(PasskeyRefusal) -> PasskeyChallenge {
        guard let data = ClientData(bytes) else { throw .malformed }
        guard data.kind == kind.rawValue else { throw .kind }
        guard let challenge = PasskeyChallenge(encoded: data.challenge, use, ring: ring), challenge.expiresAt > now else {
            throw .challenge
        }
        guard origins.contains(data.origin) else { throw .origin }
        return challenge
    }

    private func authenticatorData(_ bytes: Data) throws(PasskeyRefusal) -> AuthenticatorData {
        guard let data = try? AuthenticatorData(bytes) else { throw .malformed }
        guard data.relyingPartyHash == Data(SHA256.hash(data: Data(id.utf8))) else { throw .relyingParty }
        guard data.flags.isSuperset(of: [.userPresent, .userVerified]) else { throw .presence }
        guard data.flags.contains(.mayBeBackedUp) || !data.flags.contains(.isBackedUp) else { throw .backup }
        return data
    }
}
