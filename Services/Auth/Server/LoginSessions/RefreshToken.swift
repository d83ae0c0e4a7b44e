import ContractKit
import FieldEncryption
import Foundation

/// `rt1.<login session>.<counter>.<secret>`: good once, for one login session.
struct RefreshToken: Sendable {
    let organizationID: OrganizationID
    let loginSessionID: LoginSessionID
    /// Counts the session's refresh tokens: one with a smaller number than the current has been spent.
    let counter: Int64
    let text: String

    var hash: Data { SignedSecret.hash(text) }

    init(_ organization: OrganizationID, _ loginSession: LoginSessionID, counter: Int64, ring: KeyRing) {
        organizationID = organization
        loginSessionID = loginSession
        self.counter = counter
        let fields = ["\(loginSession)", "\(counter)"]
        text = SignedSecret("rt1", fields, ids: [organization.rawValue], purpose: Self.purpose, ring: ring).text
    }

    /// Nil for what was never a refresh token of this installation.
    init?(_ text: String, ring: KeyRing) {
        guard let secret = SignedSecret(text, "rt1", fieldCount: 2, idCount: 1, purpose: Self.purpose, ring: ring),
            let loginSession = LoginSessionID(secret.fields[0]), let counter = Int64(secret.fields[1])
        else { return nil }
        organizationID = OrganizationID(rawValue: secret.ids[0])
        loginSessionID = loginSession
        self.counter = counter
        self.text = text
    }

    private static let purpose = "auth.refresh_token"
}
