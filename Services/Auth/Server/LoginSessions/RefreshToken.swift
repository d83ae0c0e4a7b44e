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
        let head = "rt1.\(loginSession).\(counter)"
        text = "\(head).\(SignedSecret(ids: [organization.rawValue], bound: head, purpose: Self.purpose, ring: ring).text)"
    }

    /// Nil for what was never a refresh token of this installation.
    init?(_ text: String, ring: KeyRing) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "rt1", let loginSession = LoginSessionID(String(parts[1])), let counter = Int64(parts[2]),
            let secret = SignedSecret(parts[3], idCount: 1, bound: "rt1.\(loginSession).\(counter)", purpose: Self.purpose, ring: ring)
        else { return nil }
        organizationID = OrganizationID(rawValue: secret.ids[0])
        loginSessionID = loginSession
        self.counter = counter
        self.text = text
    }

    private static let purpose = "auth.refresh_token"
}
