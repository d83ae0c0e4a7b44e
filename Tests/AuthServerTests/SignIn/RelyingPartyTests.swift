import AuthContract
import ContractKit
import Crypto
import FieldEncryption
import Foundation
import ServiceKit
import Testing

@testable import AuthServer

/// What is taken from authenticators, without a service around it.
@Suite struct RelyingPartyTests {
    private let ring = try! KeyRing(keys: [("m1", Data(repeating: 7, count: 32))])
    private let account = AccountID()
    private let session = LoginSessionID()
    private var use: PasskeyChallenge.Use { .registration(account, session) }

    private func relyingParty(_ settings: [String: String] = [:]) throws -> RelyingParty {
        try RelyingParty(Settings(["PUBLIC_URL": "http://127.0.0.1"].merging(settings) { $1 }), ring: ring)
    }

    private func begun(_ use: PasskeyChallenge.Use? = nil, at now: Date = Date()) -> BeginPasskeyRegistration.Output {
        BeginPasskeyRegistration.Output(
            challenge: PasskeyChallenge(use ?? self.use, at: now, ring: ring).encoded, relyingPartyID: "127.0.0.1", relyingPartyName: "",
            userID: account.userHandle, userName: .example, algorithms: [-7], excludeCredentials: [], expiresIn: 300)
    }

    /// Nil when it is taken.
    private func registering(
        _ begun: BeginPasskeyRegistration.Output? = nil, _ change: (inout SoftwareAuthenticator) -> Void = { _ in }
    ) throws -> PasskeyRefusal? {
        var authenticator = SoftwareAuthenticator()
        change(&authenticator)
        let body = authenticator.register(begun ?? self.begun())
        do {
            let taken = try relyingParty().registration(body, use, now: Date()).passkey
            #expect(taken.credentialID == authenticator.credentialID)
            return nil
        } catch let refusal as PasskeyRefusal { return refusal }
    }

    private func signing(
        _ challenge: Base64URL? = nil, at moment: Date = Date(), _ change: (inout SoftwareAuthenticator) -> Void = { _ in },
        bending bend: (inout PasskeyAnswer) -> Void = { _ in }
    ) throws -> PasskeyRefusal? {
        var authenticator = SoftwareAuthenticator()
        authenticator.userHandle = account.userHandle
        let row = PasskeyRow(
            passkeyID: PasskeyID(), accountID: account, credential: authenticator.credentialID,
            publicKey: authenticator.key.publicKey.x963Representation, signCount: 0, mayBeBackedUp: true, isBackedUp: true, name: Data(),
            createdAt: Date())
        change(&authenticator)
        var answer = try authenticator.sign(challenge ?? PasskeyChallenge(.signIn, at: Date(), ring: ring).encoded)
        bend(&answer)
        do {
            _ = try relyingParty().assertion(answer, by: row, now: moment)
            return nil
        } catch let refusal as PasskeyRefusal { return refusal }
    }

    @Test("Row 38: whatever is wrong with a new passkey is refused for what it is") func wrongRegistrationsAreRefused() throws {
        #expect(try registering() == nil)
        #expect(try registering { $0.moreClientData = "" } == nil)
        #expect(try registering { $0.extensions = Data([0xa1, 0x61, 0x78, 0xf5]) } == nil)
        // Whatever is attested is passed over, if it is CBOR.
        #expect(try registering { ($0.format, $0.statement) = ("packed", Data([0xa1, 0x63]) + Data("alg".utf8) + Data([0x26])) } == nil)
        #expect(try registering { $0.statement = Data([0xa1, 0x63]) } == .malformed)
        #expect(try registering { $0.statement = Data([0x80]) } == .malformed)

        for origin in ["http://127.0.0.1:81", "https://127.0.0.1", "http://127.0.0.1/", "http://127.0.0.1.evil.example", "null"] {
            #expect(try registering { $0.origin = origin } == .origin, "\(origin)")
        }
        #expect(try registering { $0.moreClientData = #","crossOrigin":true"# } == .malformed)
        #expect(try registering { $0.moreClientData = #","topOrigin":"http://127.0.0.1""# } == .malformed)
        #expect(try registering { $0.kind = "webauthn.get" } == .kind)
        #expect(try registering { $0.relyingPartyID = "evil.example" } == .relyingParty)
        for flags: UInt8 in [0x18, 0x19, 0x1c] { #expect(try registering { $0.flags = flags } == .presence, "\(flags)") }
        #expect(try registering { $0.flags = 0x15 } == .backup)
        #expect(try registering { $0.tail = Data([0]) } == .malformed)
        #expect(try registering { $0.extensions = Data([0x80]) } == .malformed)

        #expect(try registering(begun(.registration(AccountID(), session))) == .challenge)
        #expect(try registering(begun(.registration(account, LoginSessionID()))) == .challenge)
        #expect(try registering(begun(.signIn)) == .challenge)
        #expect(try registering(begun(at: Date() - 301)) == .challenge)
    }

    @Test("Row 38: keys of other algorithms and ids out of bounds are refused") func oddKeysAndIdsAreRefused() throws {
        for (size, expected) in [(15, PasskeyRefusal.credential), (16, nil), (1023, nil), (1024, .credential), (9000, .credential)] {
            #expect(try registering { $0.credentialID = Data(repeating: 9, count: size) } == expected, "\(size)")
        }
        let key = P256.Signing.PrivateKey().publicKey
        // ES384, EdDSA, P-384.
        for cose in [
            SoftwareAuthenticator.cose(key, algorithm: 0x27), SoftwareAuthenticator.cose(key, algorithm: 0x28),
            SoftwareAuthenticator.cose(key, curve: 2),
        ] {
            #expect(try registering { $0.cose = cose } == .algorithm)
        }
        let point = key.rawRepresentation
        let offCurve = Data([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]) + SoftwareAuthenticator.bytes(Data(point.prefix(32))) + Data([0x22])
        #expect(try registering { $0.cose = offCurve + SoftwareAuthenticator.bytes(Data(repeating: 1, count: 32)) } == .algorithm)
        #expect(try registering { $0.cose = offCurve + SoftwareAuthenticator.bytes(Data(repeating: 1, count: 31)) } == .algorithm)
        #expect(try registering { $0.cose = Data([0xa0]) } == .algorithm)
        // Other words beside the five, and the five in another order.
        #expect(
            try registering { $0.cose = Data([0xa6, 1, 2, 3, 0x26, 4, 0x81, 2]) + SoftwareAuthenticator.cose(key).dropFirst(5) }
                == .algorithm)
        #expect(try registering { $0.cose = Data([0xa5, 3, 0x26, 1, 2]) + SoftwareAuthenticator.cose(key).dropFirst(5) } == .malformed)
    }

    @Test("Row 38: whatever is wrong with a signature is refused for what it is") func wrongSignaturesAreRefused() throws {
        #expect(try signing() == nil)
        #expect(try signing { $0.origin = "http://evil.example" } == .origin)
        #expect(try signing { $0.kind = "webauthn.create" } == .kind)
        #expect(try signing { $0.moreClientData = #","crossOrigin":true"# } == .malformed)
        #expect(try signing { $0.relyingPartyID = "evil.example" } == .relyingParty)
        for flags: UInt8 in [0x18, 0x19, 0x1c] { #expect(try signing { $0.flags = flags } == .presence, "\(flags)") }
        // One that may not be backed up any more is another one.
        #expect(try signing { $0.flags = 0x05 } == .backup)
        #expect(try signing { $0.flags = 0x5d } == .malformed)
        #expect(try signing { $0.key = P256.Signing.PrivateKey() } == .signature)
        #expect(try signing { $0.userHandle = AccountID().userHandle } == .owner)
        #expect(try signing(PasskeyChallenge(use, at: Date(), ring: ring).encoded) == .challenge)
        #expect(try signing(Base64URL(Data("pkc1.1.AAAA".utf8))) == .challenge)
        let other = try KeyRing(keys: [("m1", Data(repeating: 8, count: 32))])
        #expect(try signing(PasskeyChallenge(.signIn, at: Date(), ring: other).encoded) == .challenge)
        #expect(try signing(at: Date() + 299) == nil)
        #expect(try signing(at: Date() + 301) == .challenge)
    }

    /// Of what is signed, every bit counts.
    @Test("Row 38: no bit of an answer can be changed") func noBitOfAnAnswerCanBeChanged() throws {
        func flipped(_ value: Base64URL, _ bit: Int) -> Base64URL {
            var data = value.data
            // Signatures are not all of one length.
            data[bit / 8 % data.count] ^= 1 << (bit % 8)
            return Base64URL(data)
        }
        for bit in 0..<37 * 8 {
            #expect(try signing(bending: { $0.authenticatorData = flipped($0.authenticatorData, bit) }) != nil, "\(bit)")
        }
        for bit in stride(from: 0, to: 200 * 8, by: 3) {
            #expect(try signing(bending: { $0.clientData = flipped($0.clientData, bit) }) != nil, "\(bit)")
        }
        for bit in 0..<70 * 8 {
            #expect(try signing(bending: { $0.signature = flipped($0.signature, bit) }) != nil, "\(bit)")
        }
        for count in 0..<37 {
            #expect(
                try signing(bending: { $0.authenticatorData = Base64URL($0.authenticatorData.data.prefix(count)) }) != nil)
        }
    }

    /// Nobody signs what is registered without an attestation: what was bent is refused, or another kind of the same passkey.
    @Test("Row 38: a bent or cut attestation registers no other passkey") func aBentAttestationRegistersNoOther() throws {
        var authenticator = SoftwareAuthenticator()
        let (body, party) = (authenticator.register(begun()), try relyingParty())
        let whole = body.attestationObject.data
        func taken(_ data: Data) -> NewPasskey? {
            var bent = body
            bent.attestationObject = Base64URL(data)
            return try? party.registration(bent, use, now: Date()).passkey
        }
        #expect(taken(whole) != nil)
        for count in 0..<whole.count { #expect(taken(Data(whole.prefix(count))) == nil, "\(count)") }
        var harmless = 0
        for bit in 0..<whole.count * 8 {
            var bent = whole
            bent[bit / 8] ^= 1 << (bit % 8)
            guard let passkey = taken(bent) else { continue }
            harmless += 1
            #expect(passkey.credentialID == authenticator.credentialID, "\(bit)")
            #expect(passkey.key.x963Representation == authenticator.key.publicKey.x963Representation, "\(bit)")
            #expect(passkey.flags.isSuperset(of: [.userPresent, .userVerified]), "\(bit)")
        }
        // The words of the format, the kind of authenticator, the count and some flags.
        #expect(harmless < (4 + 16 + 4 + 1) * 8)
    }

    @Test func whoWeAreFollowsFromThePublicAddress() throws {
        let plain = try relyingParty(["PUBLIC_URL": "https://gym.example/app"])
        #expect(plain.id == "gym.example" && plain.origins == ["https://gym.example"])
        let ported = try relyingParty(["PUBLIC_URL": "http://localhost:8080"])
        #expect(ported.id == "localhost" && ported.origins == ["http://localhost:8080"])
        let set = try relyingParty(
            ["WEBAUTHN_RP_ID": "example.com", "WEBAUTHN_ORIGINS": "https://app.example.com, android:apk-key-hash:x"])
        #expect(set.id == "example.com" && set.origins == ["https://app.example.com", "android:apk-key-hash:x"])
        for origins in ["https://evilexample.com", "https://example.com/app", "http://"] {
            #expect(throws: SettingError.self) { try relyingParty(["WEBAUTHN_RP_ID": "example.com", "WEBAUTHN_ORIGINS": origins]) }
        }
    }
}
