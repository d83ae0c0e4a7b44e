import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// `key1.<secret>`: what a program proves with that it holds a key.
struct APIKeySecret: Sendable {
    let organizationID: OrganizationID
    let keyID: APIKeyID
    let text: String

    var hash: Data { SignedSecret.hash(text) }

    init(_ organization: OrganizationID, _ key: APIKeyID, ring: KeyRing) {
        organizationID = organization
        keyID = key
        text = SignedSecret("key1", ids: [organization.rawValue, key.rawValue], purpose: Self.purpose, ring: ring).text
    }

    /// Nil for what was never a key of this installation.
    init?(_ text: String, ring: KeyRing) {
        guard let secret = SignedSecret(text, "key1", idCount: 2, purpose: Self.purpose, ring: ring) else { return nil }
        organizationID = OrganizationID(rawValue: secret.ids[0])
        keyID = APIKeyID(rawValue: secret.ids[1])
        self.text = text
    }

    private static let purpose = "auth.api_key"
}
