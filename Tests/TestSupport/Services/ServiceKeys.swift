import ContractKit
public import FieldEncryption
import Foundation
public import JWTKit
public import ServiceKit

/// The keys of an installation, made up for one test: files where the settings say they are.
public struct TestKeys: Sendable {
    /// Path of the JWKS document that services read.
    public let publicKeys: String
    /// Environment variables that name the files, with cheap values for what else services ask for.
    public let settings: [String: String]
    /// Signs as auth does.
    public let signer: JWTKeyCollection
    public let keyID: JWKIdentifier
    private let folder: URL

    public static func make() async throws -> TestKeys {
        let folder = FileManager.default.temporaryDirectory.appending(path: "palestra-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = try EdDSA.PrivateKey()
        let (x, d) = (base64URL(key.publicKey.rawRepresentation), base64URL(key.rawRepresentation))
        func write(_ name: String, _ text: String) throws -> String {
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        let publicKeys = try write(
            "token-keys.json", #"{"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"test-1","x":"\#(x)"}]}"#)
        let secret = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        let settings = [
            "TOKEN_KEYS_FILE": publicKeys,
            "TOKEN_SIGNING_KEY_FILE": try write(
                "token-signing-key.json", #"{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"test-1","x":"\#(x)","d":"\#(d)"}"#
            ),
            "MASTER_KEYS_FILE": try write("master-keys", "m1 \(secret)\n"),
            "PASSWORD_PEPPER_FILE": try write("pepper", "p1 \(secret)\n"),
            "FILES_DIRECTORY": folder.appending(path: "files").path,
            "PASSWORD_COST": "4", "PUBLIC_URL": "http://127.0.0.1", "SMTP_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "gym@example.com",
        ]
        let signer = JWTKeyCollection()
        await signer.add(eddsa: key, kid: "test-1")
        return TestKeys(publicKeys: publicKeys, settings: settings, signer: signer, keyID: "test-1", folder: folder)
    }

    /// The master keys, as the service has them.
    public func ring() throws -> KeyRing { try KeyRing(file: settings["MASTER_KEYS_FILE"] ?? "") }

    /// Signs `claims` as auth would; `header` overrides single members.
    public func token(_ claims: some SignedClaims, header: JWTHeader = JWTHeader()) async throws -> String {
        var full: JWTHeader = ["typ": .string(AccessTokenClaims.type)]
        for (name, value) in header.fields { full.fields[name] = value }
        return try await signer.sign(claims, kid: keyID, header: full)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
